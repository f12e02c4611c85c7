import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createRandom } from "@em-stellar/core";
import { deform, drawElastic, drawTransform, type Elastic, paperAugmentation } from "@em-stellar/data/augmentation";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { memory, profile, ready, setBackend, type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

interface Golden {
  height: number;
  width: number;
  image: number[];
  cases: (Elastic & Record<"reflect" | "constant", { image: number[]; mask: number[] }>)[];
}
// What scipy reads at the displaced places: see scripts/golden/elastic.py.
const { height, width, image, cases }: Golden = JSON.parse(
  readFileSync(new URL("fixtures/elastic.json", import.meta.url), "utf8"),
);
const mask = image.map((value) => Number(value > 0.5));
const still: Elastic = { rows: Array(9).fill(0), columns: Array(9).fill(0) };
const batchOf = (...batch: readonly (readonly number[])[]): Tensor4D =>
  tensor4d(batch.flat(), [batch.length, height, width, 1]);
const valuesOf = (tensor: Tensor4D | undefined) => [...(tensor?.dataSync() ?? [])];

describe.each(["wasm", "cpu"])("an elastic deformation on %s", (backend) => {
  beforeAll(async () => {
    setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    await setBackend(backend);
    await ready();
  });

  it.each(["reflect", "constant"] as const)(
    "reads what scipy reads, filled with %s, each image by its own draw",
    (fill) => {
      const batch = {
        images: batchOf(image, ...cases.map(() => image)),
        masks: batchOf(mask, ...cases.map(() => mask)),
        ignored: batchOf(mask, ...cases.map(() => mask)),
      };
      const { images, masks, ignored } = deform(batch, [still, ...cases], fill);
      const found = valuesOf(images);
      const expected = [image, ...cases.map((each) => each[fill].image)].flat();
      expect(found.length).toBe(expected.length);
      for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 4);
      expect(valuesOf(masks)).toEqual([mask, ...cases.map((each) => each[fill].mask)].flat());
      expect(valuesOf(ignored)).toEqual(valuesOf(masks));
    },
  );

  it("is the identity at strength 0, to the bit", () => {
    const draw = drawElastic(createRandom(1), { elastic: 0 });
    const { images, masks } = deform({ images: batchOf(image), masks: batchOf(mask) }, [draw], "constant");
    expect(valuesOf(images)).toEqual([...Float32Array.from(image)]);
    expect(valuesOf(masks)).toEqual(mask);
  });

  it("moves image and mask together: an image of 0 and 1 that moves by whole pixels is its mask", () => {
    // Two rows down and one column to the left everywhere: the grid's nine points agree.
    const draw = { rows: Array(9).fill(2), columns: Array(9).fill(-1) };
    const { images, masks } = deform({ images: batchOf(mask), masks: batchOf(mask) }, [draw], "constant");
    const moved = Array.from({ length: height * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width) + 2, (i % width) - 1];
      return y < height && x >= 0 ? mask[y * width + x] : 0;
    });
    expect(valuesOf(masks)).toEqual(moved);
    expect(valuesOf(images)).toEqual(moved);
  });

  it("keeps masks at 0 and 1, deforms every channel alike, and leaves its result alone behind", () => {
    const images = tensor4d(
      image.flatMap((value) => [value, -value]),
      [1, height, width, 2],
    );
    const masks = batchOf(mask);
    const before = memory().numTensors;
    const draw = drawElastic(createRandom("field"), { elastic: 4 });
    const deformed = deform({ images, masks }, [draw], "reflect");
    expect(memory().numTensors).toBe(before + 2);
    expect(new Set(valuesOf(deformed.masks))).toEqual(new Set([0, 1]));
    const values = valuesOf(deformed.images);
    for (let i = 0; i < values.length; i += 2) expect(values[i + 1]).toBe(-(values[i] as number));
  });

  it("computes in the same way whatever is drawn: no step compiles anything anew", async () => {
    const kernelsOf = async (seed: number) => {
      const draw = drawElastic(createRandom(seed), { elastic: 5 });
      const { kernels } = await profile(() => {
        deform({ images: batchOf(image), masks: batchOf(mask) }, [draw], "reflect");
      });
      return kernels.map(({ name, inputShapes, outputShapes }) => ({ name, inputShapes, outputShapes }));
    };
    expect(await kernelsOf(1)).toEqual(await kernelsOf(2));
  });
});

it("draws displacements of up to the strength, by the stream alone, as many numbers as ever", () => {
  const deviations = Array.from({ length: 400 }, (_, i) => {
    const { rows, columns } = drawElastic(createRandom(i), { elastic: 3 });
    return Math.sqrt([...rows, ...columns].reduce((sum, value) => sum + value ** 2, 0) / 18);
  });
  // A standard deviation that is uniform in [0, 3] has a mean square of 3.
  const meanSquare = deviations.reduce((sum, value) => sum + value ** 2, 0) / 400;
  expect(meanSquare).toBeGreaterThan(2.5);
  expect(meanSquare).toBeLessThan(3.5);
  const [on, off] = [createRandom(7), createRandom(7)];
  expect(drawElastic(on, { elastic: 3 })).toEqual(drawElastic(createRandom(7), { elastic: 3 }));
  drawElastic(off, { elastic: 0 });
  expect(on.next()).toBe(off.next());
});

it("quarter turns turn by each right angle, beside the other draws, which stay the same", () => {
  const none = {
    ...paperAugmentation,
    rotation: 0,
    shift: 0,
    shear: 0,
    zoom: 0,
    flipHorizontal: false,
    flipVertical: false,
  };
  const turns = Array.from({ length: 60 }, (_, i) => {
    const { coefficients } = drawTransform(createRandom(i), { ...none, quarterTurns: true }, 8);
    return coefficients
      .slice(0, 2)
      .map((value) => Math.round(value * 1e12) / 1e12 + 0)
      .join();
  });
  expect(new Set(turns)).toEqual(new Set(["1,0", "0,1", "-1,0", "0,-1"]));
  const streams = [createRandom(5), createRandom(5)] as const;
  drawTransform(streams[0], { ...none, quarterTurns: true }, 8);
  drawTransform(streams[1], none, 8);
  expect(streams[0].next()).toBe(streams[1].next());
});
