import { fileURLToPath } from "node:url";
import { wasm } from "@em-stellar/backend-wasm";
import type { Device } from "@em-stellar/core/training";
import { layers, model, input as modelInput, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallPass } from "../bench/gpu/check-network.js";
import { describeNetwork } from "../bench/gpu/describe-network.js";
import { knownGpu } from "../bench/gpu/known-gpus.js";
import { leastBytes } from "../bench/gpu/least-bytes.js";
import { type NetworkId, networks } from "../bench/gpu/networks.js";
import { parseOptions } from "../bench/gpu/options.js";
import { agrees, torchCheck } from "../bench/gpu/torch.js";

const script = fileURLToPath(new URL("../bench/gpu/torch_step.py", import.meta.url));
const ids = Object.keys(networks) as NetworkId[];
const build = (id: NetworkId) => {
  let seed = 1;
  return networks[id].create({ baseFilters: 4, head: "faithful" }).build([32, 32, 1], () => seed++);
};

let device: Device;
beforeAll(async () => {
  device = await wasm().start();
});
afterAll(() => device.dispose());

describe("the description of a network for another library", () => {
  it.each(ids)("has every layer of %s, after those it reads, and all its weights", (id) => {
    const built = build(id);
    const description = describeNetwork(built);
    expect(description.layers.map(({ name }) => name)).toEqual(built.layers.map(({ name }) => name));
    const before = new Set<string>();
    for (const { name, kind, inputs } of description.layers) {
      expect(inputs.length).toBeGreaterThanOrEqual(kind === "input" ? 0 : kind === "concatenation" ? 2 : 1);
      for (const source of inputs) expect(before).toContain(source);
      before.add(name);
    }
    expect(description.output).toBe(description.layers.at(-1)?.name);
    const weights = description.layers.reduce((sum, layer) => {
      if (layer.kind === "convolution") return sum + (layer.kernel ** 2 * layer.channels + 1) * layer.filters;
      if (layer.kind === "batch-norm" || layer.kind === "tlu") return sum + 2 * layer.channels;
      return layer.kind === "prelu" ? sum + layer.channels : sum;
    }, 0);
    expect(weights).toBe(description.parameters);
    built.dispose();
  });

  it("refuses what it has no word for, by the layer's name", () => {
    const image = modelInput({ shape: [8, 8, 1] });
    const of = (layer: layers.Layer) => model({ inputs: image, outputs: layer.apply(image) as SymbolicTensor });
    const strided = of(layers.conv2d({ name: "halving", filters: 2, kernelSize: 3, strides: 2, padding: "same" }));
    expect(() => describeNetwork(strided)).toThrow('The layer "halving" (Conv2D) has a stride or a dilation');
    const dropping = of(layers.dropout({ name: "dropping", rate: 0.5 }));
    expect(() => describeNetwork(dropping)).toThrow('The layer "dropping" of Dropout has no description.');
  });

  it.skipIf(!process.env.EM_STELLAR_PYTHON).each(ids)(
    "makes the same network %s in PyTorch: prediction, loss and every gradient (needs EM_STELLAR_PYTHON, a Python with PyTorch)",
    async (id) => {
      const command = process.env.EM_STELLAR_PYTHON as string; // skipped without
      const pass = await smallPass(id, device.prepare);
      const check = await torchCheck(pass, { command, script });
      expect(check.tensors).toBe(Object.values(pass.weights).flat().length);
      expect(check).toMatchObject({ silent: [], kinks: 0 });
      expect(check.predictionError).toBeLessThan(1e-4);
      expect(check.gradientError).toBeLessThan(3e-4);
      expect(agrees(check)).toBe(true);

      // A check that could not fail would say nothing: one wrong weight must show.
      const [name] = Object.keys(pass.weights) as [string];
      const [kernel, ...others] = pass.weights[name] as [{ shape: number[]; values: number[] }];
      const turned = { shape: kernel.shape, values: kernel.values.toReversed() };
      const other = await torchCheck(
        { ...pass, weights: { ...pass.weights, [name]: [turned, ...others] } },
        { command, script },
      );
      expect(other.predictionError).toBeGreaterThan(1e-3);
      expect(agrees(other)).toBe(false);
    },
    300_000,
  );
});

describe("the least bytes of a step", () => {
  it("are those of each layer, where enlarged images and concatenations are read in parts", () => {
    const image = modelInput({ shape: [8, 8, 1] });
    const apply = (layer: layers.Layer, ...to: SymbolicTensor[]) =>
      layer.apply(to.length === 1 ? (to[0] as SymbolicTensor) : to) as SymbolicTensor;
    const wide = apply(layers.conv2d({ filters: 2, kernelSize: 3, padding: "same" }), image);
    const relu = apply(layers.activation({ activation: "relu" }), apply(layers.batchNormalization(), wide));
    const small = apply(layers.maxPooling2d({ poolSize: 2 }), relu);
    const large = apply(layers.upSampling2d({ size: [2, 2] }), small);
    const both = apply(layers.concatenate({ axis: -1 }), relu, large);
    const output = apply(layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid" }), both);
    const network = model({ inputs: image, outputs: output });
    const first = 2 * 64 + 2 * 128; // reads an image of 64 pixels, whose gradient nobody needs; 128 values
    const norm = 8 * 128;
    const twoReaders = 3 * 128; // of what the normalization gives
    const pooling = 3 * 128 + 2 * 32;
    const last = 3 * (128 + 32) + 3 * 64 + 3 * 64; // reads both parts; 64 values, activated
    const weights = 10 * (9 * 2 + 2 + 2 * 2 + 4 + 1);
    const images = first + norm + twoReaders + pooling + last;
    expect(leastBytes(describeNetwork(network), 8, 1)).toBe(4 * (images + weights));
    expect(leastBytes(describeNetwork(network), 8, 3)).toBe(4 * (3 * images + weights));
    network.dispose();
  });
});

describe("the options of the benchmark", () => {
  it("are complete, and refused where they make no sense", () => {
    expect(parseOptions([])).toMatchObject({ side: 512, batch: null, base: null, networks: ids, allowSoftware: false });
    expect(parseOptions(["--networks", "unet-bn", "--base", "8"])).toMatchObject({ networks: ["unet-bn"], base: 8 });
    expect(() => parseOptions(["--side", "100"])).toThrow(
      '--side needs a multiple of 16, such as 128, but was given "100".',
    );
    expect(() => parseOptions(["--networks", "unet"])).toThrow(
      '--networks has no "unet". There are: unet-bn, em-net-v2-4x.',
    );
    expect(() => parseOptions(["--depth", "3"])).toThrow("--depth");
  });
});

describe("known GPUs", () => {
  it("go by what an adapter calls itself", () => {
    expect(knownGpu("NVIDIA H200")).toMatchObject({ teraflops: 67, gigabytes: 4800 });
    expect(knownGpu("nvidia-h100-pcie")?.name).toBe("H100 PCIe");
    expect(knownGpu("NVIDIA A100-SXM4-40GB")?.gigabytes).toBe(1555);
    expect(knownGpu("nvidia-geforce-rtx-4090-laptop-gpu")).toBeUndefined();
    expect(knownGpu("swiftshader-device-subzero")).toBeUndefined();
  });
});
