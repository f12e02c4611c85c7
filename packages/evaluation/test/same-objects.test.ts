import { expect, it } from "vitest";
import { sameObjects } from "../src/same-objects.js";

it("objects are the same whatever their numbers, and not where one is split, merged or not numbered", () => {
  const numbered = (...numbers: number[]) => ({ instances: Uint32Array.from(numbers) });
  expect(sameObjects(numbered(1, 1, 2, 0), numbered(7, 7, 1, 0))).toBe(true);
  expect(sameObjects(numbered(1, 1, 2, 0), numbered(1, 1, 1, 0))).toBe(false);
  expect(sameObjects(numbered(1, 1, 1, 0), numbered(1, 1, 2, 0))).toBe(false);
  expect(sameObjects(numbered(1, 1, 2, 0), {})).toBe(false);
  expect(sameObjects({}, {})).toBe(true);
});
