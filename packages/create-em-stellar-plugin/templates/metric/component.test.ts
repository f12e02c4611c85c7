import { compare, maskOf } from "@em-stellar/core";
import { expect, it } from "vitest";
import { newMetric } from "./component.js";

const row = (pixels: string) => maskOf(pixels.length, 1, (i) => pixels[i] === "#");

it("counts the wrong pixels of all images", () => {
  const score = newMetric().accumulate();
  expect(score.result()).toBeUndefined();
  score.add(compare(row("##.."), row("#.#.")));
  expect(score.result()).toBe(2);
  score.add(compare(row("#..."), row("#...")));
  expect(score.result()).toBe(2);
  expect(score.parts?.()).toEqual({ wrong: 2, pixels: 8 });
});

it("is made of its parts", () => {
  expect(newMetric().fromParts?.({ wrong: 3, pixels: 8 })).toBe(3);
  expect(newMetric().fromParts?.({ wrong: 0, pixels: 0 })).toBeUndefined();
});
