import { cpu } from "@em-stellar/backend-cpu";
import { type Device, type NetworkFactory, zeroWeights } from "@em-stellar/core/training";
import { builtins } from "em-stellar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf } from "../packages/analysis/src/features/blocks.js";
import { featureLayers } from "../packages/analysis/src/features/feature-layers.js";
import { modelGraph } from "../packages/analysis/src/model-graph/model-graph.js";

// Which channels of the built-in networks count as features, and in which block: from the layers alone, at full width.

let device: Device;
beforeAll(async () => {
  device = await cpu().start();
});
afterAll(() => device.dispose());

function blocksIn(id: string, side = 512) {
  const factory: NetworkFactory = builtins.lookup("network", id);
  const built = factory().build([null, null, 1], zeroWeights);
  const graph = modelGraph(built, [side, side, 1]);
  const layers = featureLayers(graph);
  built.dispose();
  return blocksOf(graph, layers).map((block) => ({
    ...block,
    channels: block.layers.reduce((sum, { channels }) => sum + channels, 0),
  }));
}

it("U-net BN: nine blocks, every convolution once, after its activation and dropout", () => {
  const blocks = blocksIn("unet-bn");
  expect(blocks.map(({ name, channels }) => [name, channels])).toEqual([
    ["encoder 1/1", 2 * 64],
    ["encoder 1/2", 2 * 128],
    ["encoder 1/4", 2 * 256],
    ["encoder 1/8", 2 * 512],
    ["bottleneck", 2 * 1024],
    ["decoder 1/8", 3 * 512],
    ["decoder 1/4", 3 * 256],
    ["decoder 1/2", 3 * 128],
    ["decoder 1/1", 3 * 64 + 2 + 1],
  ]);
  const names = blocks.map(({ layers }) => layers.map(({ name }) => name));
  expect(names[0]).toEqual(["encoder-1-conv-1-relu", "encoder-1-conv-2-relu"]);
  expect(names[4]).toEqual(["bottleneck-conv-1-relu", "bottleneck-dropout"]);
  expect(names[8]?.slice(-2)).toEqual(["head-conv-relu", "probability"]);
});

// "More than" 50 000, 50 000 and 40 000 channels in the paper: those of each network on eight images.
it.each([
  ["unet", 6851],
  ["unet-bn", 6851],
  ["vgg16-unet", 7299],
  ["em-net-v2-4x", 5891],
])("%s has as many channels as filters: %d", (id, filters) => {
  expect(blocksIn(id).reduce((sum, { channels }) => sum + channels, 0)).toBe(filters);
});

it("EM-net: trainable linear units end a chain as activations do", () => {
  const [first] = blocksIn("em-net-v1-bn-2x");
  expect(first?.layers.slice(0, 2).map(({ name }) => name)).toEqual([
    "encoder-1-unit-1-conv-1-tlu",
    "encoder-1-unit-1-conv-2-tlu",
  ]);
});

it("ResNet: sums of branches count after their activation, and blocks start at half the size", () => {
  const blocks = blocksIn("resnet");
  expect(blocks.map(({ name }) => name)).toEqual([
    "encoder 1/2",
    "encoder 1/4",
    "encoder 1/8",
    "encoder 1/16",
    "bottleneck",
    "decoder 1/16",
    "decoder 1/8",
    "decoder 1/4",
    "decoder 1/2",
    "decoder 1/1",
  ]);
  // Three units of two convolutions, a third before the sum, and the sum; the first has a shortcut convolution beside.
  expect(blocks[1]?.layers).toHaveLength(3 * 4 + 1);
});

describe("every network", () => {
  it.each(builtins.list("network").map(({ id }) => id as string))(
    "%s: each layer is in one block, which are in order, and the output is in the last",
    (id) => {
      const blocks = blocksIn(id, 128);
      const all = blocks.flatMap(({ layers }) => layers.map(({ value }) => value));
      expect(new Set(all).size).toBe(all.length);
      const places = blocks.map(({ place, reduction }) =>
        place === "encoder" ? Math.log2(reduction) : place === "bottleneck" ? 50 : 100 - Math.log2(reduction),
      );
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(blocks.filter(({ place }) => place === "bottleneck")).toHaveLength(1);
      expect(blocks.at(-1)?.name).toBe("decoder 1/1");
      expect(blocks.at(-1)?.layers.at(-1)).toMatchObject({ channels: 1, height: 128, width: 128 });
    },
  );
});
