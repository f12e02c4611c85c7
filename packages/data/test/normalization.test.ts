import { InputError, type Raster } from "@em-stellar/core";
import { type Normalization, normalizationOf, normalizationOfMany } from "@em-stellar/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const row = (...values: number[]): Raster => ({
  width: values.length,
  height: 1,
  channels: 1,
  data: Uint8Array.from(values),
});
const apply = ({ offset, scale }: Normalization, { data }: Raster) =>
  Array.from(data, (value) => (value - offset) * scale);

describe("normalizationOf", () => {
  it("maps the darkest value to 0 and the brightest to 1", () => {
    const image = row(50, 100, 150);
    expect(normalizationOf("min-max", [image])).toEqual({ offset: 50, scale: 1 / 100 });
    expect(apply(normalizationOf("min-max", [image]), image)).toEqual([0, 0.5, 1]);
  });

  it("gives z-scores whose standard deviation divides by n: 2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and deviation 2", () => {
    expect(normalizationOf("z-score", [row(2, 4, 4, 4, 5, 5, 7, 9)])).toEqual({ offset: 5, scale: 0.5 });
  });

  it("pools a training set by pixels, not by images", () => {
    expect(normalizationOf("min-max", [row(10, 20), row(60)])).toEqual({ offset: 10, scale: 1 / 50 });
    expect(normalizationOf("z-score", [row(2, 4, 4, 4, 5), row(5, 7, 9)])).toEqual({ offset: 5, scale: 0.5 });
  });

  it("is the same to the bit for images that are read one after the other", async () => {
    const images = [row(2, 4, 4, 4, 5), row(5, 7, 200), row(1, 3)];
    const read = async function* () {
      yield* images;
    };
    for (const method of ["min-max", "z-score"] as const) {
      expect(await normalizationOfMany(method, read)).toEqual(normalizationOf(method, images));
      expect(
        await normalizationOfMany(method, async function* () {
          yield row(7, 7);
        }),
      ).toEqual({ offset: 7, scale: 1 });
    }
    await expect(normalizationOfMany("min-max", async function* () {})).rejects.toThrow(InputError);
  });

  it("has mean 0 and deviation 1 afterwards, for any image that is not of one value", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2 }), (values) => {
        fc.pre(new Set(values).size > 1);
        const scores = apply(normalizationOf("z-score", [row(...values)]), row(...values));
        const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length;
        expect(mean).toBeCloseTo(0, 9);
        expect(scores.reduce((sum, value) => sum + (value - mean) ** 2, 0) / scores.length).toBeCloseTo(1, 9);
      }),
    );
  });

  it("makes an image of one value 0", () => {
    for (const method of ["min-max", "z-score"] as const) {
      expect(apply(normalizationOf(method, [row(7, 7, 7)]), row(7, 7))).toEqual([0, 0]);
    }
  });

  it("refuses nothing at all", () => {
    expect(() => normalizationOf("min-max", [])).toThrow(InputError);
  });
});
