import { wasm } from "@em-stellar/backend-wasm";
import type { Device } from "@em-stellar/core/training";
import { unetBn } from "@em-stellar/nets-unet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contestant } from "../bench/torch/contestant.js";
import { parseOptions } from "../bench/torch/options.js";
import { type EncodedTensor, type Mode, type Peer, startPeer } from "../bench/torch/peer.js";
import { compare } from "../bench/torch/same-network.js";
import { spreadOf } from "../bench/torch/spread.js";

describe("the spread of measurements", () => {
  it("is their median and their quartiles, between neighbours where they fall between", () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ lower: 2, median: 3, upper: 4 });
    expect(spreadOf([10, 20, 30, 50])).toEqual({ lower: 17.5, median: 25, upper: 35 });
    expect(spreadOf([7])).toEqual({ lower: 7, median: 7, upper: 7 });
  });
});

describe("the options of the benchmark", () => {
  it("are complete, and refused where they make no sense", () => {
    const python = ["--python", "python3"];
    expect(parseOptions(python)).toMatchObject({
      cases: ["prelu-net, base 16", "unet-bn, base 16", "em-net-v1-bn-2x, base 8"],
      tasks: ["training step", "prediction"],
      threads: [1, 2],
      instructions: null,
    });
    expect(
      parseOptions([...python, "--networks", "unet-bn", "--threads", "2", "--instructions", "avx2"]),
    ).toMatchObject({
      cases: ["unet-bn, base 16"],
      threads: [2],
      instructions: "avx2",
    });
    expect(() => parseOptions([...python, "--networks", "unet"])).toThrow(
      '--networks has no "unet". There are: prelu-net, unet-bn, em-net-v1-bn-2x.',
    );
    expect(() => parseOptions([...python, "--threads", "0"])).toThrow(
      '--threads needs a number above 0, such as 1, but was given "0".',
    );
  });
});

const python = process.env.EM_STELLAR_PYTHON;
describe.skipIf(!python)("PyTorch as the other side (needs EM_STELLAR_PYTHON, a Python with PyTorch)", () => {
  const modes: readonly Mode[] = ["eager", "channels_last"];
  const small = {
    name: "small",
    network: () => unetBn({ baseFilters: 2, dropout: null, head: "stable" }),
    side: 32,
    batch: 2,
  };
  let device: Device;
  let peer: Peer;
  beforeAll(async () => {
    device = await wasm().start();
    peer = await startPeer(python as string, null); // skipped without
  }, 120_000);
  afterAll(async () => {
    peer?.end();
    await device?.dispose();
  });

  it.each(["training step", "prediction"] as const)(
    "computes the same %s, and one turned kernel shows",
    async (task) => {
      const ours = contestant(small, task, device.prepare);
      const load = await ours.describe();
      const { parameters } = await compare(ours, load, peer, modes, 1);
      expect(parameters).toBe(load.network.parameters);
      const { wall, processor } = await peer.work("eager", 2);
      expect(wall).toBeGreaterThan(0);
      expect(processor).toBeGreaterThan(0);

      const [name, weights = []] = Object.entries(load.weights).find(([, { length }]) => length > 0) ?? ["", []];
      const [{ shape, values }, ...others] = weights as [EncodedTensor, ...EncodedTensor[]];
      const turned = { shape, values: Buffer.from(values, "base64").swap64().toString("base64") }; // pairs of weights, each reversed
      const other = { ...load, weights: { ...load.weights, [name]: [turned, ...others] } };
      await expect(compare(ours, other, peer, modes, 1)).rejects.toThrow("PyTorch computes something else (eager");
      ours.dispose();
    },
  );

  it("tells what went wrong in it", async () => {
    await expect(peer.work("compile", 1)).rejects.toThrow("KeyError: 'compile'");
    await expect(startPeer("no-such-python", null)).rejects.toThrow("no-such-python did not start");
  });
});
