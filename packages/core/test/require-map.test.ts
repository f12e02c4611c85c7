import { binarize, compare, InputError, maskOf, type ProbabilityMap } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

const truth = maskOf(2, 2, (i) => i < 2);
const map: ProbabilityMap = { width: 2, height: 2, data: Float32Array.of(1, 0.7, 0.2, 0), maximum: 1 };
/** What callers without types may give. */
const given = (what: object) => ({ ...map, ...what }) as ProbabilityMap;
const problem = (prediction: ProbabilityMap, of = truth) => {
  try {
    compare(of, prediction);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
};

describe("compare refuses what no metric can judge, and names it", () => {
  it("arrays that are no map's, which integer code would round: 0.7 of a Float64Array was no object", () => {
    expect(problem(given({ data: Float64Array.of(1, 0.7, 0.2, 0) }))).toMatch(
      /^The prediction has data of type Float64Array\. .*Float32Array\.from\(data\)/,
    );
    expect(problem(given({ data: [1, 0.7, 0.2, 0] }))).toMatch(/^The prediction has a plain array\./);
    expect(problem(given({ data: undefined }))).toMatch(/^The prediction has data of type Undefined\./);
    expect(problem(map, given({ data: Int32Array.of(1, 1, 0, 0) }))).toMatch(
      /^The truth has data of type Int32Array\./,
    );
    expect(problem(given({ data: Buffer.from([1, 1, 0, 0]) }))).toBeUndefined(); // a Uint8Array of Node
  });

  it.each([undefined, null, "255", Number.NaN, 0, -1, Number.POSITIVE_INFINITY, 1e300])(
    "a maximum of %s",
    (maximum) => {
      expect(problem(given({ maximum }))).toMatch(
        /^The prediction has a maximum of .*\. It needs the value that stands for probability 1/,
      );
    },
  );

  it("a maximum that the array's type cannot hold", () => {
    const greys = (data: Uint8Array | Uint16Array, maximum: number) => problem(given({ data, maximum }));
    expect(greys(Uint8Array.of(0, 0, 255, 255), 65535)).toMatch(/maximum of 65535\. .* at most 255 for a Uint8Array/);
    expect(greys(Uint16Array.of(0, 0, 255, 255), 65536)).toMatch(/at most 65535 for a Uint16Array/);
    expect(greys(Uint8Array.of(0, 0, 255, 255), 255)).toBeUndefined();
  });

  it("a map that is NaN at every pixel, and no other", () => {
    const nan = Number.NaN;
    expect(problem(given({ data: Float32Array.of(nan, nan, nan, nan) }))).toMatch(
      /^The prediction is NaN, not a number, at every pixel\./,
    );
    expect(problem(given({ data: Float32Array.of(nan, nan, nan, 0) }))).toBeUndefined();
  });

  it("lengths, sides, thresholds and numbers of objects that do not fit", () => {
    expect(problem(given({ data: new Float32Array(3) }))).toMatch(/^The prediction has 3 values for 2 × 2 pixels\./);
    expect(problem(given({ width: 2.5 }))).toMatch(/^The prediction has a width of 2\.5\./);
    expect(problem(given({ height: undefined }))).toMatch(/^The prediction has a height of undefined\./);
    expect(problem(given({ threshold: 128 }))).toMatch(
      /^The prediction has a threshold of 128\. It needs a probability/,
    );
    expect(problem(given({ instances: new Uint32Array(3) }))).toMatch(
      /instances of type Uint32Array with 3 numbers for 2 × 2/,
    );
    expect(problem(given({ instances: [1, 1, 0, 0] }))).toMatch(/instances of type Array/);
  });
});

it("binarize is quick whatever the maximum", () => {
  for (const maximum of [1e12, Number.POSITIVE_INFINITY]) {
    expect([...binarize({ width: 2, height: 1, data: Uint16Array.of(0, 65535), maximum })]).toEqual([0, 0]);
  }
});
