import "@tensorflow/tfjs-backend-cpu";
import { createRandom, type Raster } from "@em-stellar/core";
import { applyLayer } from "@em-stellar/core/training";
import { predictImage } from "@em-stellar/runner";
import { setBackend, tensor1d, tensor4d } from "@tensorflow/tfjs-core";
import { input, type LayersModel, layers, model } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { addTurnedBack, turned, turns } from "../../src/prediction/turns.js";

beforeAll(async () => {
  await setBackend("cpu");
});

describe("turns", () => {
  // 1 2 3
  // 4 5 6
  const image: Raster = { width: 3, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };

  it("are the 8 symmetries of a square, seen on 2 rows of 3 pixels", () => {
    expect(turns.map((turn) => turned(image, turn).data.join(""))).toEqual([
      "123456", // as it is
      "321654", // mirrored left and right
      "456123", // top and bottom
      "654321", // half a turn
      "142536", // rows and columns swapped
      "415263", // a quarter turn clockwise: its first row is 4 1
      "362514", // a quarter turn the other way: its first row is 3 6
      "635241", // the other diagonal
    ]);
    expect(turned(image, 5)).toMatchObject({ width: 2, height: 3 });
  });

  it("keep the channels of a pixel together", () => {
    const colours: Raster = { width: 2, height: 1, channels: 2, data: Uint16Array.of(1, 10, 2, 20) };
    expect([...turned(colours, 1).data]).toEqual([2, 20, 1, 10]);
  });

  it("are turned back", () => {
    for (const turn of turns) {
      const sum = new Float32Array(6);
      addTurnedBack(sum, Float32Array.from(turned(image, turn).data), 3, 2, turn);
      expect([...sum]).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });
});

describe("test-time augmentation", () => {
  /** One convolution of 3 × 3 with these weights, and a sigmoid. */
  function network(weights: readonly number[]): LayersModel {
    const image = input({ shape: [null, null, 1] });
    const layer = layers.conv2d({ filters: 1, kernelSize: 3, padding: "same", activation: "sigmoid" });
    const net = model({ inputs: image, outputs: applyLayer(layer, image) });
    net.setWeights([tensor4d([...weights], [3, 3, 1, 1]), tensor1d([0.1])]);
    return net;
  }
  const random = createRandom(1);
  const image: Raster = {
    width: 9,
    height: 6,
    channels: 1,
    data: Uint8Array.from({ length: 54 }, () => random.integer(256)),
  };
  const options = { normalization: { method: "z-score", scope: "image" }, stride: 1 } as const;

  it("changes nothing for a network that does not tell directions apart", async () => {
    const net = network([1, 2, 1, 2, -4, 2, 1, 2, 1]);
    const once = await predictImage(net, image, options);
    const averaged = await predictImage(net, image, { ...options, testTimeAugmentation: true });
    once.data.forEach((value, i) => {
      expect(averaged.data[i]).toBeCloseTo(value, 6);
    });
  });

  it("makes a network that does blind to them: the map of the turned image is the map, turned", async () => {
    const net = network([3, 0, -1, 2, 0, 0, 1, 0, -2]);
    const map = async (of: Raster, testTimeAugmentation: boolean) =>
      (await predictImage(net, of, { ...options, testTimeAugmentation })).data;
    const worst = async (testTimeAugmentation: boolean) => {
      const own = { width: 9, height: 6, channels: 1, data: await map(image, testTimeAugmentation) };
      const ofTurned = await map(turned(image, 6), testTimeAugmentation);
      return Math.max(...turned(own, 6).data.map((value, i) => Math.abs(value - (ofTurned[i] as number))));
    };
    expect(await worst(false)).toBeGreaterThan(0.1);
    expect(await worst(true)).toBeLessThan(1e-6);
  });

  it("tells of every pixel once", async () => {
    const told: number[] = [];
    const onProgress = (pixels: number) => void told.push(pixels);
    await predictImage(network(new Array(9).fill(1)), image, { ...options, testTimeAugmentation: true, onProgress });
    expect(told).toEqual([6, 13, 20, 27, 33, 40, 47, 54]); // 54 pixels in 8 parts, rounded down
  });
});
