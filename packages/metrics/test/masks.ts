import { type Comparison, compare, type Metric, maskOf, type ProbabilityMap } from "@em-stellar/core";
import fc from "fast-check";

/** A mask drawn in rows, `#` is object: `drawn("##.", "...")`. */
export function drawn(...rows: readonly string[]): ProbabilityMap {
  const pixels = rows.join("");
  return maskOf(pixels.length / rows.length, rows.length, (i) => pixels[i] === "#");
}

/** The score of all pairs together. */
export function score(metric: Metric, ...pairs: readonly Comparison[]): number | undefined {
  const accumulator = metric.accumulate();
  for (const pair of pairs) accumulator.add(pair);
  return accumulator.result();
}

/** The parts of the score of all pairs together. */
export function parts(metric: Metric, ...pairs: readonly Comparison[]): Record<string, number | undefined> | undefined {
  const accumulator = metric.accumulate();
  for (const pair of pairs) accumulator.add(pair);
  return accumulator.parts?.();
}

/** Width and height of small images, one pixel included. */
export const sizes = fc.record({ width: fc.integer({ min: 1, max: 10 }), height: fc.integer({ min: 1, max: 10 }) });

/** Masks of a size: noise of any density (none and all included) and rectangles that may meet. */
function masks({ width, height }: { width: number; height: number }): fc.Arbitrary<ProbabilityMap> {
  const noise = fc
    .tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.nat(3), { minLength: width * height, maxLength: width * height }),
    )
    .map(([density, values]) => maskOf(width, height, (i) => (values[i] as number) < density));
  const rectangle = fc.record({
    left: fc.nat(width - 1),
    top: fc.nat(height - 1),
    columns: fc.integer({ min: 1, max: 5 }),
    rows: fc.integer({ min: 1, max: 5 }),
  });
  const rectangles = fc.array(rectangle, { maxLength: 5 }).map((boxes) =>
    maskOf(width, height, (i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return boxes.some(
        ({ left, top, columns, rows }) => x >= left && x < left + columns && y >= top && y < top + rows,
      );
    }),
  );
  return fc.oneof(noise, rectangles);
}

/** Predictions of a size: masks and maps of probabilities, each with a threshold or none. */
function predictions(size: { width: number; height: number }): fc.Arbitrary<ProbabilityMap> {
  const pixels = { minLength: size.width * size.height, maxLength: size.width * size.height };
  const bytes = fc
    .uint8Array(pixels)
    .map((data): ProbabilityMap => ({ ...size, data: Uint8Array.from(data), maximum: 255 }));
  const floats = fc
    .float32Array({ ...pixels, min: 0, max: 1, noNaN: true })
    .map((data): ProbabilityMap => ({ ...size, data: Float32Array.from(data), maximum: 1 }));
  return fc
    .tuple(fc.oneof(masks(size), bytes, floats), fc.option(fc.constantFrom(0, 0.3, 0.9), { nil: 0.5 }))
    .map(([map, threshold]) => ({ ...map, threshold }));
}

/** One image: a mask as truth, beside a prediction. */
export const pairs: fc.Arbitrary<Comparison> = sizes.chain((size) =>
  fc.tuple(masks(size), predictions(size)).map(([truth, prediction]) => compare(truth, prediction)),
);

/** One image: two masks. */
export const maskPairs: fc.Arbitrary<Comparison> = sizes.chain((size) =>
  fc.tuple(masks(size), masks(size)).map(([truth, prediction]) => compare(truth, prediction)),
);
