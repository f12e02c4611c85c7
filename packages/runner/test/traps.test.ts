import { expect, it } from "vitest";
import { createTrapDetector } from "../src/training/traps.js";

/** Of all validation predictions together. */
const range = (lowest: number, highest: number) => ({ lowest, highest });

it("names a dead head: one constant everywhere, told once", () => {
  const detect = createTrapDetector();
  expect(detect(range(0.3, 0.3))).toMatchObject({ code: "dead-head" });
  expect(detect(range(0.3, 0.3))).toBeUndefined();
});

it("names a head lock only when every pixel is above 0.5 twice in a row", () => {
  const detect = createTrapDetector();
  expect(detect(range(0.6, 0.9))).toBeUndefined();
  expect(detect(range(0.4, 0.9))).toBeUndefined();
  expect(detect(range(0.6, 0.9))).toBeUndefined();
  expect(detect(range(0.6, 0.9))).toMatchObject({ code: "head-lock" });
});

it("says nothing of constant images that differ from one another, nor of a map without any object", () => {
  const detect = createTrapDetector();
  expect(detect(range(0.2, 0.3))).toBeUndefined();
  expect(detect(range(0.1, 0.2))).toBeUndefined();
});
