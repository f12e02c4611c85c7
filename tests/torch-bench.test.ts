import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { wasm } from "@em-stellar/backend-wasm";
import type { Device } from "@em-stellar/core/training";
import { augment } from "@em-stellar/data/augmentation";
import { unetBn } from "@em-stellar/nets-unet";
import { learningRateAt, type ScheduleOptions } from "@em-stellar/optimizers";
import { tensor4d } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeNetwork } from "../bench/gpu/describe-network.js";
import { contestant } from "../bench/torch/contestant.js";
import { parseOptions } from "../bench/torch/options.js";
import { type EncodedTensor, type Mode, type Peer, startPeer } from "../bench/torch/peer.js";
import { compare } from "../bench/torch/same-network.js";
import { imagesOf, trainHere } from "../bench/torch/score/here.js";
import { trainInTorch } from "../bench/torch/score/in-torch.js";
import { differenceOf, meanOf, studentQuantile } from "../bench/torch/score/means.js";
import { conclusionOf, tableOf } from "../bench/torch/score/report.js";
import * as score from "../bench/torch/score/suite.js";
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

  it("are other ones for trainings to a score", () => {
    const python = ["--python", "python3"];
    expect(parseOptions(python)).toMatchObject({ score: false });
    expect(parseOptions([...python, "--score"])).toMatchObject({
      score: true,
      seeds: [1, 2, 3, 4, 5, 6, 7, 8],
      steps: 800,
    });
    expect(parseOptions([...python, "--score", "--seeds", "3,5,3", "--steps", "7"])).toMatchObject({
      seeds: [3, 5],
      steps: 7,
    });
    expect(() => parseOptions([...python, "--seeds", "3"])).toThrow("--seeds goes with --score.");
    expect(() => parseOptions([...python, "--score", "--rounds", "3"])).toThrow("--rounds goes without --score.");
    expect(() => parseOptions([...python, "--score", "--seeds", "1,x"])).toThrow(
      '--seeds needs a number above 0, such as 1, but was given "x".',
    );
  });
});

describe("the means of two sides", () => {
  it("have standard deviations of single values", () => {
    expect(meanOf([1, 2, 3, 6])).toEqual({ mean: 3, deviation: Math.sqrt(14 / 3) });
  });

  it("are apart by an interval of Student's distribution", () => {
    // From printed tables; 2 degrees of freedom have a closed form.
    expect(studentQuantile(0.95, 1)).toBeCloseTo(12.7062, 3);
    expect(studentQuantile(0.95, 2)).toBeCloseTo(0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025)), 6);
    expect(studentQuantile(0.95, 4)).toBeCloseTo(2.776445, 6);
    expect(studentQuantile(0.95, 14)).toBeCloseTo(2.144787, 6);
    // Equal variances of 1, so 4 degrees of freedom.
    const { difference, low, high } = differenceOf([1, 2, 3], [4, 5, 6]);
    expect(difference).toBe(-3);
    expect(low).toBeCloseTo(-3 - 2.776445 * Math.sqrt(2 / 3), 6);
    expect(high).toBeCloseTo(-3 + 2.776445 * Math.sqrt(2 / 3), 6);
    // One side without spread says no more than the other one has: 2 degrees of freedom.
    expect(differenceOf([0, 1, 2], [5, 5, 5]).high).toBeCloseTo(-4 + studentQuantile(0.95, 2) / Math.sqrt(3), 12);
  });

  it("stand below the seeds in a table", () => {
    const training = { loss: 0.25, seconds: 9, processorSeconds: 10 };
    const sides = {
      ours: [
        { ...training, seed: 1, jaccard: 0.8 },
        { ...training, seed: 3, jaccard: 0.9 },
      ],
      torch: [
        { ...training, seed: 1, jaccard: 0.7 },
        { ...training, seed: 3, jaccard: 0.9 },
      ],
    };
    const rows = tableOf(sides).split("\n");
    expect(rows).toHaveLength(5);
    expect(rows[3]).toBe("| 3 | 0.9000 | 0.2500 | 10.0 | 0.9000 | 0.2500 | 10.0 |");
    expect(rows[4]).toContain("| mean ± sd | 0.8500 ± 0.0707 | 0.2500 ± 0.0000 |");
    expect(conclusionOf(sides)).toContain("EM-stellar minus PyTorch: 0.0500, 95 % interval -0.");
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

  it("trains to a score by the same definitions", async () => {
    const { networks, ...suite } = score.scoreSuite(2, [1, 2], null);
    const images = await imagesOf({ networks, ...suite }, device);
    expect(images.train.length).toBeGreaterThan(0);
    const model = score.network.build([null, null, 1], () => 1);
    const network = describeNetwork(model);
    model.dispose();
    const { optimizer, augmentation, patch, batchSize } = score;
    const training = { network, patch, batchSize, steps: 2, optimizer: optimizer.options, augmentation };
    const theirs = await trainInTorch(training, images, [1, 2], { command: python as string });
    const ours = await trainHere({ networks, ...suite }, device);
    for (const trainings of [ours, theirs.score(suite.metrics[0] as (typeof suite.metrics)[number])]) {
      expect(trainings.map(({ seed }) => seed)).toEqual([1, 2]);
      for (const { jaccard, loss, processorSeconds } of trainings) {
        expect(jaccard).toBeGreaterThanOrEqual(0);
        expect(jaccard).toBeLessThan(1);
        expect(loss).toBeGreaterThan(0.1);
        expect(loss).toBeLessThan(2);
        expect(processorSeconds).toBeGreaterThan(0);
      }
      expect(trainings[0]?.loss).not.toBe(trainings[1]?.loss);
    }
  }, 120_000);

  it("moves patches, sets the rate and draws weights as we do", async () => {
    const folder = fileURLToPath(new URL("../bench/torch/score", import.meta.url));
    const model = score.network.build([null, null, 1], () => 1);
    const given = { network: describeNetwork(model), augmentation: score.augmentation, rates: score.optimizer.options };
    model.dispose();
    const code = `
import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
import torch, train
given = json.loads(sys.argv[1])
torch.manual_seed(1)
patches = torch.rand(4, 2, 32, 32)
matrices = train.draw_transforms(given["augmentation"], 4)
images, masks = train.transform(patches, matrices)
network = train.Network(given["network"])
train.initialise(network)
weights = [module.convolution.weight for module in network.built if isinstance(module, train.Convolution)]
scaled = torch.cat([(weight / (2 / weight[0].numel()) ** 0.5).flatten() for weight in weights[:-1]]).detach()
lists = lambda **tensors: {name: tensor.flatten().tolist() for name, tensor in tensors.items()}
print(json.dumps({
  "rates": [train.rate_at(step, 50, given["rates"]) for step in range(1, 51)],
  "matrices": matrices.tolist(),
  "square": scaled.square().mean().item(), "largest": scaled.abs().max().item(), "output": weights[-1].abs().max().item(),
  **lists(before=patches[:, :1], beforeMasks=patches[:, 1:] , images=images, masks=masks)}))`;
    const args = ["-W", "ignore", "-c", code, JSON.stringify(given)];
    const { stdout } = await promisify(execFile)(python as string, args, { maxBuffer: 2 ** 26 });
    const theirs = JSON.parse(stdout);

    theirs.rates.forEach((rate: number, i: number) => {
      expect(rate).toBeCloseTo(learningRateAt(i + 1, 50, score.optimizer.options as ScheduleOptions), 10);
    });
    expect(theirs.square).toBeCloseTo(1, 1);
    expect(theirs.largest).toBeLessThanOrEqual(2 / 0.879625);
    expect(theirs.largest).toBeGreaterThan(2.2);
    expect(theirs.output).toBeLessThanOrEqual(Math.sqrt(6 / 3)); // two channels in, one out

    const centre = 15.5;
    const transforms = theirs.matrices.map(([[a, b, x], [c, d, y]]: [number[], number[]]) => {
      const [right, down] = [(x as number) * 16 + centre, (y as number) * 16 + centre];
      const [ofX, ofY] = [[a, b] as [number, number], [c, d] as [number, number]];
      const start = ([along, across]: [number, number], at: number) => at - (along + across) * centre;
      return { fill: "reflect", coefficients: [...ofX, start(ofX, right), ...ofY, start(ofY, down), 0, 0] };
    });
    const before = tensor4d(theirs.before, [4, 32, 32, 1]);
    const ours = augment(before, tensor4d(theirs.beforeMasks, [4, 32, 32, 1]), transforms);
    const images = await ours.images.data();
    const masks = await ours.masks.data();
    let [worst, others] = [0, 0];
    for (let i = 0; i < images.length; i++) {
      worst = Math.max(worst, Math.abs((images[i] as number) - theirs.images[i]));
      others += Number(masks[i] !== theirs.masks[i]);
    }
    expect(worst).toBeLessThan(1e-4);
    expect(others).toBeLessThan(3); // values that rounding takes across a half
  }, 60_000);
});
