import { type Comparison, compare, InputError, maskOf } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

const mask = maskOf(3, 2, (i) => i > 2);

describe("derive", () => {
  it("computes a quantity once for each comparison, even one that is undefined or needs another", () => {
    const calls: string[] = [];
    const size = ({ truth }: Comparison) => {
      calls.push("size");
      return truth.data.length;
    };
    const doubled = (comparison: Comparison) => {
      calls.push("doubled");
      return 2 * comparison.derive(size);
    };
    const nothing = () => void calls.push("nothing");
    const pair = compare(mask, mask);
    expect([pair.derive(doubled), pair.derive(size), pair.derive(doubled)]).toEqual([12, 6, 12]);
    expect([pair.derive(nothing), pair.derive(nothing)]).toEqual([undefined, undefined]);
    expect(calls).toEqual(["doubled", "size", "nothing"]);
    compare(mask, mask).derive(size);
    expect(calls).toHaveLength(4);
  });
});

describe("compare refuses", () => {
  it("maps that differ in size", () => {
    expect(() =>
      compare(
        mask,
        maskOf(2, 3, () => true),
      ),
    ).toThrow(
      new InputError(
        "Truth and prediction differ in size: 3 × 2 and 2 × 3 pixels (width × height). They must match pixel for pixel.",
      ),
    );
  });
  it("a map that holds more or fewer values than it has pixels", () => {
    expect(() => compare(mask, { ...mask, data: new Uint8Array(18) })).toThrow(
      new InputError(
        "The prediction has 18 values for 3 × 2 pixels. A map holds one value for each pixel: take one channel of a colour image.",
      ),
    );
    expect(() => compare({ ...mask, data: new Uint8Array(5) }, mask)).toThrow(
      "The truth has 5 values for 3 × 2 pixels.",
    );
  });
});
