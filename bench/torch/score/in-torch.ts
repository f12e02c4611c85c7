import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare, createScorer, type Metric } from "@em-stellar/core";
import { toUint16 } from "@em-stellar/data";
import type { NetworkDescription } from "../../gpu/describe-network.js";
import { type Python, runScript } from "../../gpu/torch.js";
import type { Images } from "./here.js";
import type { Training } from "./training.js";

/** What to train in PyTorch. */
interface TorchTraining {
  readonly network: NetworkDescription;
  readonly patch: number;
  readonly batchSize: number;
  readonly steps: number;
  /** Of Adam with a straight warm-up and decay. */
  readonly optimizer: object;
  readonly augmentation: object;
}

/** Trainings, and the PyTorch that they were done with. */
interface TorchTrainings {
  readonly torch: string;
  /** The widest of the processor that it uses. */
  readonly instructions: string;
  readonly trainings: readonly Omit<Training, "jaccard">[];
}

/**
 * Trains in PyTorch on one thread, from one seed after the other. Gives the trainings, and scores their predictions when it is
 * asked to: with 16 bits, as the runner keeps and scores its own. Throws where there is no Python, or no PyTorch.
 */
export async function trainInTorch(
  training: TorchTraining,
  { train, test }: Images,
  seeds: readonly number[],
  python: Omit<Python, "script">,
) {
  const folder = await mkdtemp(join(tmpdir(), "em-stellar-torch-"));
  try {
    const place = async ({ image, mask }: Images["train"][number], name: string) => {
      if (image.channels !== 1) throw new Error("PyTorch's side takes images of one channel.");
      const files = { image: join(folder, `${name}.image`), mask: join(folder, `${name}.mask`) };
      await writeFile(files.image, Float32Array.from(image.data));
      await writeFile(files.mask, mask);
      return { ...files, width: image.width, height: image.height };
    };
    const input = {
      ...training,
      seeds,
      folder,
      train: await Promise.all(train.map((sample, i) => place(sample, `train-${i}`))),
      test: await Promise.all(test.map((sample, i) => place(sample, `test-${i}`))),
    };
    const script = fileURLToPath(new URL("train.py", import.meta.url));
    const done = (await runScript({ ...python, script }, "train", input, [])) as TorchTrainings; // what the script prints
    const predictions = new Map<number, Float32Array[]>();
    for (const { seed } of done.trainings) {
      const files = test.map((_, i) => readFile(join(folder, `${seed}-${i}.f32`)));
      predictions.set(
        seed,
        (await Promise.all(files)).map((bytes) => new Float32Array(Uint8Array.from(bytes).buffer)),
      );
    }
    const { torch, instructions } = done;
    const score = (metric: Metric): Training[] =>
      done.trainings.map((each) => ({ ...each, jaccard: scoreOf(metric, test, predictions.get(each.seed) ?? []) }));
    return { torch, instructions, score };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A metric of predicted probabilities, over the pixels of all images together, at 0.5. */
function scoreOf(metric: Metric, samples: Images["test"], predictions: readonly Float32Array[]): number {
  const scorer = createScorer([metric]);
  for (const [i, { id, truth, image }] of samples.entries()) {
    const { width, height } = image;
    const data = toUint16(predictions[i] as Float32Array); // one for each image
    scorer.add(id, compare(truth, { width, height, data, maximum: 65535, threshold: 0.5 }));
  }
  const value = scorer.result().pooled[metric.id];
  if (typeof value !== "number") throw new Error("PyTorch's predictions have no score.");
  return value;
}
