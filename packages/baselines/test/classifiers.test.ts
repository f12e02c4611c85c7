import { nearestSlice, objectClassifier, pixelClassifier } from "@em-stellar/baselines";
import { binarize, createRandom, InputError, type ProbabilityMap, type Raster, type Sample } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { objectFeatureNames, objectFeatures, objectsOf } from "../src/objects.js";
import { pixelFeatures } from "../src/pixel-features.js";
import golden from "./fixtures/classifiers.json" with { type: "json" };

const { width, height } = golden;

describe("pixel features agree with scipy and scikit-image", () => {
  it.each(golden.features)("sigma $sigma", ({ sigma, planes }) => {
    const features = pixelFeatures(Uint8Array.from(golden.image), width, height, [sigma]);
    expect(features).toHaveLength(planes.length);
    for (const [i, plane] of planes.entries()) {
      const range = Math.max(...plane.map(Math.abs));
      const worst = Math.max(...plane.map((value, p) => Math.abs(value - (features[i]?.[p] as number))));
      expect(worst / range).toBeLessThan(1e-5); // planes are 32-bit floats
    }
  });
});

describe("features of objects agree with scikit-image's regionprops", () => {
  const { mask, values, objects } = golden.regions;
  const found = objectsOf(Uint8Array.from(mask), width);
  const scene = { width, height, values: Uint8Array.from(values), shares: new Float32Array(mask.length).fill(0.75) };
  it.each(objects.map((object, i) => ({ i, ...object })))("object $i of $area pixels", ({ i, ...expected }) => {
    const features = objectFeatures(found[i] as Uint32Array, scene);
    const named = Object.fromEntries(objectFeatureNames.map((name, f) => [name, features[f] as number]));
    for (const [name, value] of Object.entries(expected)) expect(named[name]).toBeCloseTo(value, 8);
    expect(named.evidence).toBe(0.75);
  });

  it("and are those of a square of 2 × 2 at the edge, counted by hand", () => {
    // 9 9 0    the object's outline has 8 sides, 2 of them at the edge of the image (left and top: 4 sides)
    // 9 9 0    beside it 0 0 on the right and 0 0 below
    // 0 0 0
    const square = Uint8Array.of(9, 9, 0, 9, 9, 0, 0, 0, 0);
    const pixels = Uint32Array.of(0, 1, 3, 4);
    const features = objectFeatures(pixels, { width: 3, height: 3, values: square, shares: new Float32Array(9) });
    const axis = 4 * Math.sqrt(0.25);
    expect(features).toEqual(
      [4, 8, (16 * Math.PI) / 64, axis, axis, 1, 9, 0, 9, 0, 1].map((value) => expect.closeTo(value, 10)),
    );
  });
});

/** Blobs of another texture than their surroundings, and of the same mean. */
function textured(seed: number, side = 48): Sample & { truth: Uint8Array } {
  const random = createRandom(seed);
  const [x0, y0] = [12 + random.integer(24), 12 + random.integer(24)];
  const truth = Uint8Array.from({ length: side * side }, (_, i) =>
    Math.hypot((i % side) - x0, Math.floor(i / side) - y0) < 10 ? 1 : 0,
  );
  const data = truth.map((isObject) => 128 + (isObject === 1 ? random.integer(11) - 5 : random.integer(121) - 60));
  const map: ProbabilityMap = { width: side, height: side, data: truth, maximum: 1 };
  const image: Raster = { width: side, height: side, channels: 1, data };
  return { id: `image-${seed}`, image: async () => image, mask: async () => map, truth };
}
function jaccard(truth: Uint8Array, called: Uint8Array): number {
  const both = truth.filter((value, i) => value === 1 && called[i] === 1).length;
  return both / truth.filter((value, i) => value === 1 || called[i] === 1).length;
}
const small = { trees: 20, sigmas: [1, 2], pixels: 2000 };

describe("pixel-classifier", () => {
  it("finds objects by their texture, where no threshold can", async () => {
    const { segment, learnt } = await pixelClassifier(small).fit([textured(1), textured(2)]);
    const unseen = textured(3);
    expect(jaccard(unseen.truth, binarize(segment(await unseen.image())))).toBeGreaterThan(0.8);
    expect(learnt.pixels).toBeGreaterThan(1500);
  });

  it("does the same again from the same seed", async () => {
    const maps = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const { segment } = await pixelClassifier({ ...small, trees: 3, seed }).fit([textured(1)]);
        return segment(await textured(3).image()).data;
      }),
    );
    expect(maps[0]).toEqual(maps[1]);
    expect(maps[0]).not.toEqual(maps[2]);
  });

  it("does not learn from pixels that the mask says nothing of", async () => {
    // All that tells the classes apart lies where the mask is silent; what is left is the same everywhere.
    const { truth, ...sample } = textured(1);
    const ignored = truth.map((isObject, i) => (isObject === 1 && i % 48 >= 24 ? 1 : 0));
    const honest = truth.map((isObject, i) => (ignored[i] === 1 ? 1 - isObject : isObject));
    const fit = (data: Uint8Array) =>
      pixelClassifier({ ...small, trees: 3 }).fit([
        { ...sample, mask: async () => ({ width: 48, height: 48, maximum: 1, data, ignored }) },
      ]);
    const image = await textured(3).image();
    expect((await fit(truth)).segment(image).data).toEqual((await fit(honest)).segment(image).data);
  });

  it("refuses options that mean nothing", () => {
    expect(() => pixelClassifier({ sigmas: [0] })).toThrow(
      'each above 0, up to 1000 pixels, for "sigmas", but was given [0].',
    );
    expect(() => pixelClassifier({ trees: 0 })).toThrow('a whole number from 1 to 10000 for "trees", but was given 0.');
  });
});

describe("object-classifier", () => {
  /** Large discs are objects; small ones look the same and are not. */
  function discs(seed: number, side = 96): Sample & { truth: Uint8Array } {
    const random = createRandom(seed);
    const truth = new Uint8Array(side * side);
    const data = truth.map(() => 60 + random.integer(21));
    for (let place = 0; place < 9; place++) {
      const radius = place % 2 === 0 ? 10 : 4;
      const [x0, y0] = [16 + 32 * (place % 3) + random.integer(5), 16 + 32 * Math.floor(place / 3) + random.integer(5)];
      for (let i = 0; i < truth.length; i++) {
        if (Math.hypot((i % side) - x0, Math.floor(i / side) - y0) > radius) continue;
        data[i] = 160 + random.integer(21);
        if (radius === 10) truth[i] = 1;
      }
    }
    const image: Raster = { width: side, height: side, channels: 1, data };
    const map: ProbabilityMap = { width: side, height: side, data: truth, maximum: 1 };
    return { id: `discs-${seed}`, image: async () => image, mask: async () => map, truth };
  }
  const shortSighted = { ...small, sigmas: [1] }; // sees no further than 4 pixels, so that size cannot tell

  it("drops objects of the wrong size, which pixels alone cannot tell", async () => {
    const train = [discs(1), discs(2), discs(3)];
    const unseen = discs(4);
    const image = await unseen.image();
    const [ofPixels, ofObjects] = await Promise.all(
      [pixelClassifier(shortSighted), objectClassifier(shortSighted)].map(async (baseline) =>
        jaccard(unseen.truth, binarize((await baseline.fit(train)).segment(image))),
      ),
    );
    expect(ofObjects).toBeGreaterThan(0.95);
    expect(ofObjects).toBeGreaterThan((ofPixels as number) + 0.02);
  });

  it("keeps all objects where the training images show none of another kind", async () => {
    const plain = (x0: number): Sample => {
      const truth = Uint8Array.from({ length: 24 * 24 }, (_, i) => +(i % 24 >= x0 && i % 24 < x0 + 8));
      return {
        id: `bar-${x0}`,
        image: async () => ({ width: 24, height: 24, channels: 1, data: truth.map((isObject) => 20 + 200 * isObject) }),
        mask: async () => ({ width: 24, height: 24, maximum: 1, data: truth }),
      };
    };
    const { segment, learnt } = await objectClassifier({ ...small, sigmas: [0.5] }).fit([plain(4), plain(9)]);
    expect(learnt).toEqual({ objects: 2, others: 0 });
    const unseen = plain(12);
    expect(binarize(segment(await unseen.image()))).toEqual((await unseen.mask?.())?.data);
  });
});

describe("nearest-slice", () => {
  const slice = (id: string, z: number, mask: string, stack?: string): Sample => ({
    id,
    z,
    ...(stack !== undefined && { stack }),
    image: async () => ({ width: mask.length, height: 1, channels: 1, data: new Uint8Array(mask.length) }),
    mask: async () => ({ width: mask.length, height: 1, maximum: 1, data: Uint8Array.from(mask, Number) }),
  });
  const blank: Raster = { width: 10, height: 1, channels: 1, data: new Uint8Array(10) };
  const copied = async (train: readonly Sample[], at: { z?: number; stack?: string }) =>
    (await nearestSlice().fit(train)).segment(blank, { id: "new", ...at }).data.join("");

  it("copies the nearest slice's labels; of two as near, those of the one before", async () => {
    const train = [slice("a", 1, "1000000001"), slice("b", 5, "0100000010"), slice("c", 7, "0010000100")];
    expect(await copied(train, { z: 2 })).toBe("1000000001");
    expect(await copied(train, { z: 6 })).toBe("0100000010");
    expect(await copied(train, { z: 99 })).toBe("0010000100");
  });

  it("stays within the stack", async () => {
    const train = [slice("a1", 1, "1111100000", "a"), slice("b9", 9, "0000011111", "b")];
    expect(await copied(train, { z: 1, stack: "b" })).toBe("0000011111");
    await expect(copied(train, { z: 1, stack: "c" })).rejects.toThrow(
      'baseline "nearest-slice" has no labelled slice of the stack that image "new" belongs to (c).',
    );
  });

  it("refuses images that have no place in a stack", async () => {
    const { z, ...placeless } = slice("a", 1, "1");
    expect(z).toBe(1);
    await expect(nearestSlice().fit([placeless])).rejects.toThrow(InputError);
    await expect(copied([slice("a", 1, "1111111111")], {})).rejects.toThrow('but "new" has none.');
  });
});
