import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { wasm } from "@em-stellar/backend-wasm";
import type { Metric } from "@em-stellar/core";
import { describeNetwork } from "../../gpu/describe-network.js";
import type { TorchOptions } from "../options.js";
import { upToAvx2 } from "../peer.js";
import { imagesOf, trainHere } from "./here.js";
import { trainInTorch } from "./in-torch.js";
import { conclusionOf, type Sides, tableOf } from "./report.js";
import { augmentation, batchSize, network, optimizer, patch, scoreSuite } from "./suite.js";
import type { Training } from "./training.js";

/**
 * Trains the same small network here and in PyTorch, side by side on one thread each, from seeds of their own, and compares the
 * scores on the test images. The seeds join those that the file has from earlier runs with the same settings.
 */
export async function compareScores({ seeds, steps, instructions, python }: TorchOptions): Promise<void> {
  const suite = scoreSuite(steps, seeds, process.env.EM_STELLAR_DATA ?? null);
  const device = await wasm({ threads: 1 }).start();
  const model = network.build([null, null, 1], () => 1);
  const training = {
    network: describeNetwork(model),
    patch,
    batchSize,
    steps,
    optimizer: optimizer.options,
    augmentation,
  };
  model.dispose();
  const images = await imagesOf(suite, device);
  console.log(
    `${suite.name}: ${images.train.length} training images, ${images.test.length} test images; ${network.id}, ${steps} steps of ${batchSize} × ${patch}²`,
  );
  const [ours, theirs] = await Promise.all([
    trainHere(suite, device),
    trainInTorch(training, images, seeds, { command: python, ...(instructions && { environment: upToAvx2 }) }),
  ]);
  await device.dispose();

  const settings = {
    data: suite.name,
    train: images.train.map(({ id }) => id),
    test: images.test.map(({ id }) => id),
    ...training,
    processor: cpus()[0]?.model ?? "unknown",
    node: process.version,
    torch: theirs.torch,
    instructions: theirs.instructions,
  };
  const [metric] = suite.metrics as readonly [Metric];
  const file = new URL("../../results/torch-score.json", import.meta.url);
  const before = earlier(file, settings);
  const sides = { ours: joined(before.ours, ours), torch: joined(before.torch, theirs.score(metric)) };
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(file, `${JSON.stringify({ date, settings, ...sides }, null, 2)}\n`);
  console.log(`\nFor docs/performance.md:\n\n${tableOf(sides)}\n\n${conclusionOf(sides)}`);
}

/** The trainings of earlier runs with the same settings. */
function earlier(file: URL, settings: object): Sides {
  if (existsSync(file)) {
    const stored = JSON.parse(readFileSync(file, "utf8")) as Sides & { readonly settings: object }; // what is written above
    if (JSON.stringify(stored.settings) === JSON.stringify(settings)) return stored;
  }
  return { ours: [], torch: [] };
}

/** All trainings in the order of their seeds; of two from one seed, the newer. */
function joined(before: readonly Training[], now: readonly Training[]): Training[] {
  const bySeed = new Map([...before, ...now].map((training) => [training.seed, training]));
  return [...bySeed.values()].sort((a, b) => a.seed - b.seed);
}
