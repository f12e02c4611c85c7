import fc from "fast-check";
import { expect, it } from "vitest";
import { checks, numberWithin, oneOf, wholeNumber } from "../src/index.js";

it.each([
  [wholeNumber("n", { min: 1 }), [1, 7], [0, -1, 1.5, Number.NaN], "needs a whole number above 0 for "],
  [wholeNumber("n", { min: 0 }), [0, 7], [-1, 0.5], "needs a whole number from 0 on for "],
  [wholeNumber("n", { min: 2, max: 4 }), [2, 4], [1, 5, 2.5], "needs a whole number from 2 to 4 for "],
  [wholeNumber("n", { min: 1, multipleOf: 2 }), [2, 8], [0, 3, 2.5], "needs an even number above 0 for "],
  [wholeNumber("n", { min: 1, multipleOf: 8 }), [8, 16], [4, 0], "needs a multiple of 8 above 0 for "],
  [wholeNumber("n", { min: 1, suchAs: "8 or 64" }), [1], [0], 'above 0 for "n", such as 8 or 64, but was given 0.'],
  [numberWithin("n", { above: 0, below: 1 }), [0.5], [0, 1, Number.NaN], 'needs a "n" between 0 and 1, but was given '],
  [numberWithin("n", { from: 0, below: 1 }), [0, 0.99], [-0.1, 1], 'needs a "n" from 0 to below 1, but was given '],
  [numberWithin("n", { from: 0, to: 1 }), [0, 1], [-0.1, 1.1], 'needs a "n" from 0 to 1, but was given '],
  [numberWithin("n", { above: 0, to: 1 }), [0.1, 1], [0, 2], 'needs a "n" above 0 to 1, but was given '],
  [numberWithin("n", { above: 0 }), [1e9], [0], 'needs a "n" above 0, but was given 0.'],
  [numberWithin("n", { from: 0 }), [0], [-1], 'needs a "n" from 0 on, but was given -1.'],
  [numberWithin("n", { from: 0, suchAs: "0.99" }), [0], [-1], "from 0 on, such as 0.99, but was given -1."],
] as const)("case %#", (check, good, bad, message) => {
  for (const n of good) expect(check({ n }), String(n)).toBeUndefined();
  for (const n of bad) expect(check({ n }), String(n)).toContain(message);
  for (const n of bad) expect(check({ n })).toContain(`but was given ${n}.`);
});

it("takes null only where it stands for something", () => {
  const rate = numberWithin("rate", { above: 0, below: 1, orNull: "none" });
  expect(rate({ rate: null })).toBeUndefined();
  expect(rate({ rate: 2 })).toBe('needs a "rate" between 0 and 1, or null for none, but was given 2.');
  expect(numberWithin("rate", { above: 0, below: 1 })({ rate: null })).toContain("but was given null.");
});

it("takes one of the names only", () => {
  const head = oneOf("head", ["faithful", "stable"]);
  expect(head({ head: "stable" })).toBeUndefined();
  expect(head({ head: "Stable" })).toBe('needs "faithful" or "stable" for "head", but was given "Stable".');
});

it("several checks say what the first of them finds, and nothing where none does", () => {
  const all = checks(wholeNumber("depth", { min: 1 }), oneOf("head", ["a", "b"]));
  const depth = (value: number) => (value >= 1 && Number.isInteger(value) ? undefined : "depth");
  fc.assert(
    fc.property(fc.integer({ min: -2, max: 2 }), fc.constantFrom("a", "b", "c"), (value, head) => {
      const problem = all({ depth: value, head });
      const expected = depth(value) ?? (head === "c" ? "head" : undefined);
      expect(problem?.includes(`for "${expected}"`)).toBe(expected === undefined ? undefined : true);
    }),
  );
});
