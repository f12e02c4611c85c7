import { frameOf } from "@em-stellar/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelGeometry } from "../../src/prediction/model-geometry.js";
import { planTiles, type Stretch } from "../../src/prediction/tile-plan.js";

const automatic = { memory: 2 ** 30, tile: null, overlap: null };

function geometry(stride: number, seen: number, bytesPerPixel = 100): ModelGeometry {
  const margins = { top: seen, bottom: seen, left: seen, right: seen };
  return { channels: 1, size: undefined, stride, margins, unknown: undefined, bytesPerPixel };
}

const lengths = (stretches: readonly Stretch[]) => stretches.map(({ from, to }) => to - from);
const longest = (stretches: readonly Stretch[]) => Math.max(...lengths(stretches));

describe("planTiles", () => {
  it("leaves an image whole that fits, also where it just does", () => {
    const frame = { width: 96, height: 64, left: 0, top: 0 };
    const all = (length: number) => [{ from: 0, to: length, start: 0, end: length }];
    const whole = { rows: all(64), columns: all(96), blend: 0 };
    expect(planTiles(frame, 16, geometry(16, 20), { ...automatic, memory: 96 * 64 * 100 })).toEqual(whole);
    expect(planTiles(frame, 16, geometry(16, 20), { ...automatic, tile: 96 })).toEqual(whole);
    expect(planTiles(frame, 16, geometry(16, 20), { ...automatic, memory: 96 * 64 * 100 - 1 })).not.toEqual(whole);
  });

  it("cuts at multiples of the stride, and reads beyond to multiples of it", () => {
    // In halves of 48; each reads 20 pixels further, which are 32 in steps of 16.
    const { columns, rows } = planTiles({ width: 96, height: 16, left: 0, top: 0 }, 16, geometry(16, 20), {
      ...automatic,
      tile: 80,
    });
    expect(rows).toHaveLength(1);
    expect(columns).toEqual([
      { from: 0, to: 80, start: 0, end: 48 },
      { from: 16, to: 96, start: 48, end: 96 },
    ]);
  });

  it("covers every pixel once, reads as far as the model sees, and keeps to the memory or the tile", () => {
    const side = fc.integer({ min: 1, max: 3000 });
    const limit = fc.oneof(
      fc.integer({ min: 300, max: 1500 }).map((tile) => ({ ...automatic, tile })),
      fc.integer({ min: 40, max: 400 }).map((megabytes) => ({ ...automatic, memory: megabytes * 1e6 })),
    );
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom(1, 2, 6, 16, 32),
        fc.integer({ min: 0, max: 100 }),
        limit,
        (w, h, stride, seen, options) => {
          const frame = frameOf({ width: w, height: h }, stride);
          const { rows, columns, blend } = planTiles(frame, stride, geometry(stride, seen), options);
          expect(blend).toBe(0);
          for (const [stretches, length] of [
            [rows, frame.height],
            [columns, frame.width],
          ] as const) {
            let at = 0;
            for (const { from, to, start, end } of stretches) {
              expect([start, from % stride, to % stride]).toEqual([at, 0, 0]);
              expect(from).toBeLessThanOrEqual(Math.max(0, start - seen));
              expect(to).toBeGreaterThanOrEqual(Math.min(length, end + seen));
              at = end;
            }
            expect(at).toBe(length);
          }
          if (options.tile !== null)
            expect(Math.max(longest(rows), longest(columns))).toBeLessThanOrEqual(options.tile);
          else expect(longest(rows) * longest(columns) * 100).toBeLessThanOrEqual(options.memory);
        },
      ),
    );
  });

  it("takes the cheapest cut: a long image is not cut along its short side", () => {
    const { rows, columns } = planTiles({ width: 8192, height: 512, left: 0, top: 0 }, 16, geometry(16, 100), {
      ...automatic,
      memory: 100 * 2 ** 20,
    });
    expect(rows).toHaveLength(1);
    expect(columns).toHaveLength(6); // 5 would read 1872 × 512 pixels of 100 bytes, beside 8192 × 512 probabilities: 107 MiB
  });

  it("mixes over what tiles share where that is less than the model sees; each piece is long enough for both its ends", () => {
    const { columns, blend } = planTiles({ width: 1000, height: 40, left: 0, top: 0 }, 8, geometry(8, 100), {
      ...automatic,
      tile: 200,
      overlap: 20,
    });
    expect(blend).toBe(20);
    for (const { from, to, start, end } of columns) {
      expect(end - start).toBeGreaterThanOrEqual(40);
      expect(to - from).toBeLessThanOrEqual(200);
      expect(from).toBeLessThanOrEqual(Math.max(0, start - 20));
      expect(to).toBeGreaterThanOrEqual(Math.min(1000, end + 20));
    }
    const enough = { ...automatic, tile: 400, overlap: 100 };
    expect(planTiles({ width: 1000, height: 40, left: 0, top: 0 }, 8, geometry(8, 100), enough).blend).toBe(0);
  });
});
