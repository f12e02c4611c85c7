import { groupOfNumber, isOnAnotherScale, joinedRange, noRanges, partOf, rangesProblem } from "@em-stellar/data";
import { describe, expect, it } from "vitest";

describe("ranges of numbers", () => {
  it("part test and validation from what is learnt, with a gap on both sides", () => {
    const options = { ...noRanges, testRange: [16, 20], validationRange: [10, 11], gap: 2 } as const;
    const letters = { train: "t", validation: "v", test: "T", near: "-" };
    const parts = Array.from({ length: 22 }, (_, i) => letters[partOf(i + 1, options)]).join("");
    expect(parts).toBe("ttttttt--vv----TTTTT--");
  });

  it("make groups", () => {
    const options = {
      ...noRanges,
      groupRanges: [
        [1, 3],
        [4, 9],
      ],
    } as const;
    expect([1, 3, 4, 10].map((number) => groupOfNumber(number, options))).toEqual(["1-3", "1-3", "4-9", undefined]);
  });

  it("are refused where they overlap or are none", () => {
    expect(rangesProblem(noRanges)).toBeUndefined();
    expect(rangesProblem({ ...noRanges, testRange: [3, 1] })).toMatch(/counted from 1.*\[16, 20\]/);
    expect(rangesProblem({ ...noRanges, testRange: [1, 5], validationRange: [5, 9] })).toMatch(/overlap/);
    expect(
      rangesProblem({
        ...noRanges,
        groupRanges: [
          [1, 5],
          [5, 9],
        ],
      }),
    ).toMatch(/groupRanges that overlap/);
    expect(rangesProblem({ ...noRanges, gap: -1 })).toMatch(/at least 0 for "gap"/);
  });
});

describe("ranges of values", () => {
  it("tell another scale from another contrast", () => {
    const eightBit = joinedRange([
      { lowest: 12, highest: 200 },
      { lowest: 30, highest: 251 },
    ]);
    expect(eightBit).toEqual({ lowest: 12, highest: 251 });
    expect(isOnAnotherScale({ lowest: 0, highest: 1 }, eightBit)).toBe(true);
    expect(isOnAnotherScale({ lowest: 900, highest: 60000 }, eightBit)).toBe(true);
    expect(isOnAnotherScale({ lowest: 0, highest: 255 }, eightBit)).toBe(false);
    expect(isOnAnotherScale({ lowest: 80, highest: 130 }, eightBit)).toBe(false);
  });
});
