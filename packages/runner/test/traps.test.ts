import { expect, it } from "vitest";
import { createTrapDetector } from "../src/training/traps.js";

/** Of all validation predictions together. */
const range = (lowest: number, highest: number) => ({ lowest, highest });

it("names a dead head: one constant everywhere, told once", () => {
  const detect = createTrapDetector(0.02);
  expect(detect(range(0.3, 0.3), 0.5)).toMatchObject({ code: "dead-head" });
  expect(detect(range(0.3, 0.3), 0.5)).toBeUndefined();
});

it("names a head lock only when every pixel is above 0.5 twice in a row", () => {
  const detect = createTrapDetector(0.02);
  expect(detect(range(0.6, 0.9), 0.5)).toBeUndefined();
  expect(detect(range(0.4, 0.9), 0.5)).toBeUndefined();
  expect(detect(range(0.6, 0.9), 0.5)).toBeUndefined();
  expect(detect(range(0.6, 0.9), 0.5)).toMatchObject({ code: "head-lock" });
});

it("says nothing of constant images that differ from one another, nor of few maps without any object", () => {
  const detect = createTrapDetector(0.02);
  expect(detect(range(0.2, 0.3), 0.5)).toBeUndefined();
  expect(detect(range(0.1, 0.2), 0.5)).toBeUndefined();
});

it("names a network that finds no object three times in a row, but not at the start of a training", () => {
  const detect = createTrapDetector(0.02);
  expect(detect(range(0.1, 0.3), 0.05)).toBeUndefined();
  expect(detect(range(0.1, 0.3), 0.1)).toBeUndefined();
  expect(detect(range(0.1, 0.3), 0.15)).toBeUndefined();
  expect(detect(range(0.1, 0.7), 0.2)).toBeUndefined();
  expect(detect(range(0.1, 0.3), 0.25)).toBeUndefined();
  expect(detect(range(0.1, 0.3), 0.3)).toBeUndefined();
  const trap = detect(range(0.1, 0.3), 0.35);
  expect(trap?.code).toBe("all-background");
  expect(trap?.message).toContain("3 times in a row: the network calls everything background, and 2 % of the training");
  expect(detect(range(0.1, 0.3), 0.4)).toBeUndefined();
});

it("does not call a dead head empty too", () => {
  const detect = createTrapDetector(0.02);
  expect(detect(range(0.3, 0.3), 0.5)?.code).toBe("dead-head");
  for (let i = 0; i < 4; i++) expect(detect(range(0.3, 0.3), 0.5)).toBeUndefined();
});

it("advises another head where the network has the original one, and something else where it has not", () => {
  const messages = (head?: string) => {
    const [dead, locked] = [createTrapDetector(0.02, head), createTrapDetector(0.02, head)];
    locked(range(0.6, 0.9), 0.5);
    return [dead(range(0.3, 0.3), 0.5)?.message, locked(range(0.6, 0.9), 0.5)?.message];
  };
  for (const message of messages("faithful")) expect(message).toContain('Use the network\'s option head: "stable", or');
  for (const head of ["stable", undefined]) {
    for (const message of messages(head)) {
      expect(message).toContain("Use a lower learning rate, a network with batch normalization, or");
      expect(message).not.toContain("head");
    }
  }
});
