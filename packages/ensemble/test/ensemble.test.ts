import { binarize, InputError, type ProbabilityMap, type RasterData } from "@em-stellar/core";
import { average, majority } from "@em-stellar/ensemble";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

function map(
  data: RasterData,
  threshold?: number,
  maximum = data instanceof Uint8Array ? 255 : data instanceof Uint16Array ? 65535 : 1,
): ProbabilityMap {
  return { width: data.length, height: 1, data, maximum, ...(threshold === undefined ? {} : { threshold }) };
}

describe("average", () => {
  it("is the mean of the probabilities, whatever the maps' number formats", () => {
    const combined = average().combine([
      map(Float32Array.of(1, 0, 0.5)),
      map(Uint8Array.of(255, 0, 51)), // 51 / 255 = 0.2
      map(Uint16Array.of(0, 0, 65535)),
    ]);
    expect(combined.maximum).toBe(1);
    expect([...combined.data]).toEqual([2 / 3, 0, 1.7 / 3].map(Math.fround));
  });

  it("is object above the mean of the members' thresholds, 0.5 for a member that names none", () => {
    const combined = average().combine([map(Float32Array.of(0.5, 0.5), 0.25), map(Float32Array.of(0.25, 0.5))]);
    expect(combined.threshold).toBe(0.375);
    expect([...binarize(combined)]).toEqual([0, 1]); // means 0.375 (not above) and 0.5
  });

  it("of copies of one map is that map: the same pixels are object", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9),
        fc.integer({ min: 1, max: 9 }),
        (values, threshold, copies) => {
          const member = map(Uint8Array.from(values), threshold);
          const combined = average().combine(new Array(copies).fill(member));
          expect(combined.threshold).toBe(threshold);
          expect(binarize(combined)).toEqual(binarize(member));
        },
      ),
    );
  });
});

describe("majority", () => {
  it("is the share of members that call a pixel object, each at its own threshold", () => {
    const combined = majority().combine([
      map(Float32Array.of(0.9, 0.4, 0.4)),
      map(Float32Array.of(0.4, 0.4, 0.1), 0.3),
      map(Uint8Array.of(200, 255, 200), 0.8),
    ]);
    expect([...combined.data].map((votes) => votes / combined.maximum)).toEqual([2 / 3, 2 / 3, 0]);
    expect([...binarize(combined)]).toEqual([1, 1, 0]);
  });

  it("an exact tie is background", () => {
    const [yes, no] = [map(Float32Array.of(1)), map(Float32Array.of(0))];
    expect([...binarize(majority().combine([yes, no]))]).toEqual([0]);
    expect([...binarize(majority().combine([yes, yes, no, no]))]).toEqual([0]);
    expect([...binarize(majority().combine([yes, yes, yes, no]))]).toEqual([1]);
  });

  it("calls object exactly what more than half of any number of members do", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }), (ballots) => {
        const combined = majority().combine(ballots.map((isObject) => map(Uint8Array.of(isObject ? 255 : 0))));
        const inFavour = ballots.filter(Boolean).length;
        expect(binarize(combined)[0]).toBe(2 * inFavour > ballots.length ? 1 : 0);
      }),
    );
  });
});

describe.each([average(), majority()])("$id", (ensemble) => {
  it("does not depend on the order of the members, and leaves them as they were", () => {
    const members = [
      map(Uint8Array.of(3, 200, 128), 0.3),
      map(Float32Array.of(0.7, 0.1, 0.55)),
      map(Uint16Array.of(9, 40000, 30000)),
    ];
    const before = structuredClone(members);
    expect(ensemble.combine(members)).toEqual(ensemble.combine([...members].reverse()));
    expect(members).toEqual(before);
  });

  it("refuses no members, and members that differ in size", () => {
    expect(() => ensemble.combine([])).toThrow(
      new InputError(`ensemble "${ensemble.id}" was given no predictions to combine. Give it one map for each member.`),
    );
    const maps = [map(new Uint8Array(6)), map(new Uint8Array(6)), { ...map(new Uint8Array(6)), width: 3, height: 2 }];
    expect(() => ensemble.combine(maps)).toThrow(
      `Predictions 1 and 3 of ensemble "${ensemble.id}" differ in size: 6 × 1 and 3 × 2 pixels (width × height). They must match pixel for pixel.`,
    );
  });
});
