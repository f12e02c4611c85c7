import { wasm } from "@em-stellar/backend-wasm";
import { createRandom, type Raster } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { predictImage } from "@em-stellar/runner";
import { memory } from "@tensorflow/tfjs-core";
import { builtins } from "em-stellar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawKernels } from "./draw-kernels.js";

let device: Device;
beforeAll(async () => {
  device = await wasm().start();
});
afterAll(() => device.dispose());

const networks = builtins
  .list("network")
  // Both sides go the same ways but for kernels that are not square, which are tested with layers alone.
  .map((network, i) => ({ id: network.id as string, network, side: i % 2 === 0 ? "width" : "height" }));

/** Narrow, without chance and without the head whose two filters may die: what each network has of these options. */
const narrow: Readonly<Record<string, unknown>> = { baseFilters: 2, dropout: null, head: "stable" };

function noise(width: number, height: number): Raster {
  const random = createRandom("noise");
  return { width, height, channels: 1, data: Uint8Array.from({ length: width * height }, () => random.integer(256)) };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

/** How far the networks see, in pixels: of what lies further away nothing may reach a pixel. */
const seen: Readonly<Record<string, number>> = {
  unet: 110,
  "unet-bn": 110,
  "prelu-net": 110,
  "em-net-v1-2x": 270,
  "em-net-v1-4x": 270,
  "em-net-v1-bn": 238,
  "em-net-v1-bn-2x": 430,
  "em-net-v2": 286,
  "em-net-v2-2x": 286,
  "em-net-v2-4x": 126,
  "vgg16-unet": 190,
  resnet: 283,
  "resnet50-unet": 319,
  segnet: 186,
  "segnet-emnet": 185,
  cdeep3m: 226,
};

describe("every network predicts the same in tiles as on the whole image", () => {
  it("(all of them are here)", () => {
    expect(networks.map(({ id }) => id).sort()).toEqual(Object.keys(seen).sort());
  });

  it.each(networks)("$id, cut along its $side", async ({ id, network, side }) => {
    const options = Object.fromEntries(Object.entries(narrow).filter(([name]) => name in network.defaults));
    const { stride, build } = network(options);
    const random = createRandom(id);
    const model = build([null, null, 1], () => random.integer(2 ** 31));
    drawKernels(model, id);
    const reach = Math.ceil((seen[id] as number) / stride) * stride;
    const [long, short] = [2 * reach + 4 * stride - 3, 2 * stride + 1];
    // Two tiles, each as long as it must be.
    const tile = Math.ceil((reach + long / 2) / stride) * stride;
    const before = memory().numTensors;
    const image = side === "width" ? noise(long, short) : noise(short, long);
    const given = { stride, normalization: { method: "z-score", scope: "image" } } as const;
    const whole = await predictImage(model, image, given);
    let tiles = 0;
    const tiled = await predictImage(model, image, { ...given, tile, onProgress: () => tiles++ });
    expect(tiles).toBe(2);
    expect(largestDifference(tiled.data, whole.data)).toBeLessThan(1e-4);
    // That is not because nothing happens: tiles without an overlap do differ.
    const cut = await predictImage(model, image, { ...given, tile, overlap: 0 });
    expect(largestDifference(cut.data, whole.data)).toBeGreaterThan(1e-3);
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });
});
