import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createRandom, EmStellarError } from "@em-stellar/core";
import {
  type AugmentationOptions,
  augment,
  coefficientsOf,
  drawTransform,
  notebookAugmentation,
  paperAugmentation,
  steadyIntensity,
  type Transform,
  type TransformParts,
} from "@em-stellar/data/augmentation";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { memory, ready, setBackend, type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

interface Golden {
  side: number;
  image: number[];
  cases: { parts: TransformParts; reflect: number[]; constant: number[] }[];
}
// What scipy makes of Keras's transforms: see fixtures/make_transforms.py.
const golden: Golden = JSON.parse(readFileSync(new URL("fixtures/transforms.json", import.meta.url), "utf8"));

const side = 4;
const letters = Array.from({ length: 16 }, (_, i) => i + 1);
const square = (values: readonly number[], batch = 1): Tensor4D => {
  const length = Math.sqrt(values.length / batch);
  return tensor4d([...values], [batch, length, length, 1]);
};
const valuesOf = (tensor: Tensor4D) => [...tensor.dataSync()];
const transformed = (
  parts: TransformParts,
  fill: Transform["fill"] = "constant",
  image: readonly number[] = letters,
  mask: readonly number[] = image.map((value) => (value > 8 ? 1 : 0)),
) => {
  const transform = { coefficients: coefficientsOf(parts, Math.sqrt(image.length)), fill };
  const { images, masks } = augment(square(image), square(mask), [transform]);
  return { image: valuesOf(images), mask: valuesOf(masks) };
};
const rounded = (values: readonly number[]) => values.map((value) => Math.round(value * 1e4) / 1e4);

describe.each(["wasm", "cpu"])("augment on %s", (backend) => {
  beforeAll(async () => {
    const binaries = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
    setWasmPaths(`${join(binaries)}/`);
    await setBackend(backend);
    await ready();
  });

  it("changes nothing where nothing is asked for", () => {
    for (const fill of ["constant", "reflect"] as const) {
      expect(transformed({}, fill)).toEqual({ image: letters, mask: letters.map((value) => (value > 8 ? 1 : 0)) });
    }
  });

  it("turns by a right angle exactly, image and mask alike", () => {
    const { image, mask } = transformed({ rotation: Math.PI / 2 });
    // Output (row, column) comes from input (3 − column, row): a quarter turn clockwise.
    expect(rounded(image)).toEqual([13, 9, 5, 1, 14, 10, 6, 2, 15, 11, 7, 3, 16, 12, 8, 4]);
    expect(mask).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
    expect(rounded(transformed({ rotation: Math.PI }).image)).toEqual(letters.toReversed());
  });

  it("flips exactly", () => {
    expect(transformed({ flipHorizontal: true }).image).toEqual([
      4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9, 16, 15, 14, 13,
    ]);
    expect(transformed({ flipVertical: true }).image).toEqual([13, 14, 15, 16, 9, 10, 11, 12, 5, 6, 7, 8, 1, 2, 3, 4]);
    expect(transformed({ flipVertical: true }).mask).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("shifts, and fills with 0 or with the mirrored edge", () => {
    // Each output pixel comes from one row further down and two columns further right.
    const parts = { shiftRows: 1, shiftColumns: 2 };
    expect(transformed(parts, "constant")).toEqual({
      image: [7, 8, 0, 0, 11, 12, 0, 0, 15, 16, 0, 0, 0, 0, 0, 0],
      mask: [0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
    });
    expect(transformed(parts, "reflect")).toEqual({
      image: [7, 8, 8, 7, 11, 12, 12, 11, 15, 16, 16, 15, 15, 16, 16, 15],
      mask: [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    });
  });

  it("mirrors again beyond a whole image: dcba|abcd|dcba", () => {
    const row = [1, 2, 3, 4];
    const columns = (shiftColumns: number) =>
      transformed({ shiftColumns }, "reflect", [...row, ...row, ...row, ...row]).image.slice(0, 4);
    expect(columns(4)).toEqual([4, 3, 2, 1]);
    expect(columns(8)).toEqual([1, 2, 3, 4]);
    expect(columns(-3)).toEqual([3, 2, 1, 1]);
    expect(columns(-9)).toEqual([1, 1, 2, 3]);
  });

  it("interpolates images, and keeps masks 0 or 1", () => {
    const { image, mask } = transformed(
      { shiftColumns: 0.25 },
      "reflect",
      letters,
      letters.map((value) => value % 2),
    );
    expect(image.slice(0, 4)).toEqual([1.25, 2.25, 3.25, 4]);
    // 1 0 1 0 becomes .75 .25 .75 0.
    expect(mask.slice(0, 4)).toEqual([1, 0, 1, 0]);
  });

  it("shows more of the image where the zoom is above 1", () => {
    // Twice as much: output pixels lie two input pixels apart, about the centre 1.5: at −1.5, 0.5, 2.5, 4.5.
    const { image } = transformed({ zoomColumns: 2 });
    expect(image.slice(0, 4)).toEqual([0, 1.5, 3.5, 0]);
  });

  it.each(["reflect", "constant"] as const)("gives what scipy gives, with %s fill, for a whole batch", (fill) => {
    const transforms = golden.cases.map(({ parts }) => ({ coefficients: coefficientsOf(parts, golden.side), fill }));
    const batch = square(
      golden.cases.flatMap(() => golden.image),
      golden.cases.length,
    );
    const { images } = augment(batch, batch, transforms);
    const expected = golden.cases.flatMap((known) => known[fill]);
    const worst = Math.max(...valuesOf(images).map((value, i) => Math.abs(value - (expected[i] as number))));
    expect(worst).toBeLessThan(2e-5);
  });

  it("moves every channel and the mask by the same transform", () => {
    const random = createRandom(7);
    const [batch, width] = [3, 16];
    const channel = Array.from({ length: batch * width * width }, () => (random.next() < 0.5 ? 0 : 1));
    const images = tensor4d(
      channel.flatMap((value) => [value, 2 * value]),
      [batch, width, width, 2],
    );
    const masks = tensor4d(channel, [batch, width, width, 1]);
    const transforms = Array.from({ length: batch }, () => drawTransform(random, paperAugmentation, width));
    const out = augment(images, masks, transforms);
    const [colours, labels] = [valuesOf(out.images), valuesOf(out.masks)];
    expect(new Set(labels)).toEqual(new Set([0, 1]));
    labels.forEach((label, i) => {
      expect(colours[2 * i + 1]).toBeCloseTo(2 * (colours[2 * i] as number), 5);
      expect(label).toBe((colours[2 * i] as number) > 0.5 ? 1 : 0);
    });
  });

  it("leaves two tensors behind, and the inputs alone", () => {
    const [images, masks] = [square(letters), square(letters)];
    const before = memory().numTensors;
    const out = augment(images, masks, [{ coefficients: coefficientsOf({}, side), fill: "constant" }]);
    expect(memory().numTensors).toBe(before + 2);
    expect(images.isDisposed || masks.isDisposed).toBe(false);
    expect(out.images.shape).toEqual([1, 4, 4, 1]);
  });

  it("refuses a number of transforms that is not that of images", () => {
    expect(() => augment(square(letters), square(letters), [])).toThrow(EmStellarError);
  });
});

describe("drawTransform", () => {
  const nothing: AugmentationOptions = {
    rotation: 0,
    shift: 0,
    shear: 0,
    zoom: 0,
    flipHorizontal: false,
    flipVertical: false,
    quarterTurns: false,
    elastic: 0,
    ...steadyIntensity,
    fill: "constant",
    validation: false,
  };

  it("draws the identity where all is off, and takes as many numbers as ever", () => {
    const [random, other] = [createRandom(1), createRandom(1)];
    expect(drawTransform(random, nothing, 64).coefficients.map((value) => value + 0)).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
    drawTransform(other, paperAugmentation, 64);
    expect(random.state()).toEqual(other.state());
  });

  it("depends on the stream alone", () => {
    expect(drawTransform(createRandom(5), paperAugmentation, 64)).toEqual(
      drawTransform(createRandom(5), paperAugmentation, 64),
    );
  });

  it("keeps to the ranges: zoom 0.2 scales areas by 0.64 to 1.44, shift 0.2 of 100 is at most 20", () => {
    const random = createRandom(3);
    const areas = Array.from({ length: 2000 }, () => {
      const [a = 0, b = 0, , c = 0, d = 0] = drawTransform(
        random,
        { ...nothing, rotation: 140, zoom: 0.2 },
        100,
      ).coefficients;
      return Math.abs(a * d - b * c);
    });
    expect(Math.min(...areas)).toBeGreaterThan(0.64);
    expect(Math.max(...areas)).toBeLessThan(1.44);
    expect(Math.min(...areas)).toBeLessThan(0.7);
    expect(Math.max(...areas)).toBeGreaterThan(1.36);
    const shifts = Array.from(
      { length: 500 },
      () => drawTransform(random, { ...nothing, shift: 0.2 }, 100).coefficients[2] ?? 0,
    );
    expect(Math.max(...shifts.map(Math.abs))).toBeLessThan(20);
    expect(Math.max(...shifts)).toBeGreaterThan(19);
    expect(Math.min(...shifts)).toBeLessThan(-19);
  });

  it("flips in half of the cases", () => {
    const random = createRandom(4);
    const flipped = Array.from(
      { length: 1000 },
      () => drawTransform(random, { ...nothing, flipHorizontal: true }, 8).coefficients[0],
    );
    expect(flipped.filter((value) => value === -1).length / 1000).toBeCloseTo(0.5, 1);
  });

  it("knows the paper's and the notebook's settings", () => {
    expect(paperAugmentation).toMatchObject({
      rotation: 140,
      shift: 0.2,
      shear: 0.2,
      zoom: 0.2,
      fill: "constant",
      validation: true,
    });
    expect(notebookAugmentation).toEqual({ ...paperAugmentation, fill: "reflect", validation: false });
  });
});
