import { createRandom, type Raster } from "@em-stellar/core";
import {
  cropBack,
  cropMask,
  cropPatch,
  cropReflect,
  drawPatch,
  foregroundIndex,
  frameOf,
  padReflect,
  tiles,
} from "@em-stellar/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mirrorIndex } from "../src/mirror.js";

const asIs = { offset: 0, scale: 1 };
const image = (width: number, height: number, channels = 1): Raster => ({
  width,
  height,
  channels,
  data: Float32Array.from({ length: width * height * channels }, (_, i) => i),
});

describe("mirrorIndex", () => {
  it("repeats the edge, dcba|abcd|dcba, at any distance", () => {
    expect(Array.from({ length: 14 }, (_, i) => mirrorIndex(i - 5, 4))).toEqual([
      3, 3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0, 0,
    ]);
    expect([-9, -1, 0, 1, 9].map((i) => mirrorIndex(i, 1))).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("cropPatch", () => {
  it("takes the window, normalised, and writes it where it was told to", () => {
    const out = new Float32Array(6).fill(-1);
    cropPatch(image(4, 3), { offset: 5, scale: 2 }, 1, 1, 2, out, 1);
    // Rows 5 6 and 9 10.
    expect([...out]).toEqual([-1, 0, 2, 8, 10, -1]);
  });

  it("keeps channels together", () => {
    const out = new Float32Array(8);
    cropPatch(image(3, 2, 2), asIs, 1, 0, 2, out, 0);
    expect([...out]).toEqual([2, 3, 4, 5, 8, 9, 10, 11]);
  });

  it("mirrors what an image smaller than the patch lacks, in image and mask alike", () => {
    const out = new Float32Array(16);
    cropPatch(image(2, 3), asIs, -1, -1, 4, out, 0);
    // The image 0 1 / 2 3 / 4 5 with one row above and one column to each side.
    expect([...out]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    const mask = new Float32Array(16);
    cropMask(Uint8Array.of(0, 1, 2, 3, 4, 5), 2, 3, -1, -1, 4, mask, 0);
    expect([...mask]).toEqual([...out]);
  });
});

describe("drawPatch", () => {
  it("stays inside an image that is large enough, reaches every corner, and covers a smaller one", () => {
    const random = createRandom(1);
    const seen = new Set<string>();
    for (let i = 0; i < 400; i++) {
      const { x, y } = drawPatch(random, { width: 6, height: 4 }, 4);
      seen.add(`${x},${y}`);
      const small = drawPatch(random, { width: 2, height: 9 }, 4);
      expect(small.x).toBeGreaterThanOrEqual(-2);
      expect(small.x).toBeLessThanOrEqual(0);
      expect(small.y).toBeGreaterThanOrEqual(0);
      expect(small.y).toBeLessThanOrEqual(5);
    }
    expect([...seen].sort()).toEqual(["0,0", "1,0", "2,0"]);
  });

  it("centres the asked share of patches on object pixels, as far as the image reaches", () => {
    const mask = new Uint8Array(100 * 100);
    mask[50 * 100 + 60] = 1;
    mask[99 * 100 + 99] = 1;
    const objects = foregroundIndex(mask);
    expect([...objects]).toEqual([5060, 9999]);
    const random = createRandom(2);
    const counts = { centred: 0, corner: 0, elsewhere: 0 };
    for (let i = 0; i < 2000; i++) {
      const { x, y } = drawPatch(random, { width: 100, height: 100 }, 16, objects, 0.5);
      if (x === 52 && y === 42) counts.centred++;
      else if (x === 84 && y === 84) counts.corner++;
      else counts.elsewhere++;
    }
    expect(counts.centred / 2000).toBeCloseTo(0.25, 1);
    expect(counts.corner / 2000).toBeCloseTo(0.25, 1);
    expect(counts.elsewhere / 2000).toBeCloseTo(0.5, 1);
  });

  it("draws anywhere where there is no object", () => {
    const { x, y } = drawPatch(createRandom(3), { width: 8, height: 8 }, 8, new Uint32Array(), 1);
    expect([x, y]).toEqual([0, 0]);
  });
});

describe("tiles", () => {
  it("cover every pixel, stay inside, and share the overlap", () => {
    const sizes = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(
        sizes,
        sizes,
        fc.integer({ min: 2, max: 20 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (width, height, side, share) => {
          const overlap = Math.floor(share * side);
          const corners = tiles({ width, height }, side, overlap);
          const columns = [...new Set(corners.map(({ x }) => x))].sort((a, b) => a - b);
          expect(columns[0]).toBe(0);
          expect(columns.at(-1)).toBe(Math.max(0, width - side));
          columns.slice(1).forEach((x, i) => {
            expect((columns[i] as number) + side - x).toBeGreaterThanOrEqual(overlap);
          });
          expect(corners).toHaveLength(columns.length * new Set(corners.map(({ y }) => y)).size);
        },
      ),
    );
  });

  it("need no more than they must: 10 pixels in tiles of 4 start at 0, 3 and 6", () => {
    expect(tiles({ width: 10, height: 4 }, 4)).toEqual([
      { x: 0, y: 0 },
      { x: 3, y: 0 },
      { x: 6, y: 0 },
    ]);
  });
});

describe("padReflect and cropBack", () => {
  it("mirror both edges to the next multiple", () => {
    const padded = padReflect(image(3, 1), { offset: 1, scale: 10 }, 4);
    expect(padded).toMatchObject({ width: 4, height: 4, left: 0, top: 1 });
    // 0 1 2 and the mirrored 2 in every row.
    expect([...padded.data.subarray(0, 4)]).toEqual([-10, 0, 10, 10]);
    expect([...padded.data.subarray(12)]).toEqual([-10, 0, 10, 10]);
  });

  it("undo each other for any size and stride", () => {
    const side = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 33 }), (width, height, stride) => {
        const original = image(width, height);
        const padded = padReflect(original, asIs, stride);
        expect([padded.width % stride, padded.height % stride]).toEqual([0, 0]);
        expect(padded.width - width).toBeLessThan(stride);
        expect(cropBack(padded.data, padded, original)).toEqual(original.data);
      }),
    );
  });
});

describe("cropReflect", () => {
  it("takes a rectangle, and mirrors what lies outside: 0 1 2 is … 1 0 | 0 1 2 | 2 1 …", () => {
    const cropped = cropReflect(image(3, 1), { offset: 1, scale: 10 }, { x: -2, y: 0, width: 7, height: 1 });
    expect([...cropped]).toEqual([0, -10, -10, 0, 10, 10, 0]);
  });

  it("cuts any rectangle of a frame out of what padReflect makes of the whole", () => {
    const side = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 9 }), fc.nat(), fc.nat(), (width, height, stride, a, b) => {
        const original = image(width, height);
        const frame = frameOf(original, stride);
        const padded = padReflect(original, asIs, stride);
        const [x, y] = [a % frame.width, b % frame.height];
        const rectangle = { x, y, width: frame.width - x, height: frame.height - y };
        const cropped = cropReflect(original, asIs, { ...rectangle, x: x - frame.left, y: y - frame.top });
        for (let row = 0; row < rectangle.height; row++) {
          const from = (y + row) * frame.width + x;
          expect(cropped.slice(row * rectangle.width, (row + 1) * rectangle.width)).toEqual(
            padded.data.slice(from, from + rectangle.width),
          );
        }
      }),
    );
  });
});
