import { memoryStore } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { planRun, type Suite } from "@em-stellar/runner";
import { builtins } from "em-stellar";
import { trainings } from "../../trainings.js";
import { fold } from "./suite.js";
import type { Training } from "./training.js";

/** The images that a training learns from, and those that it is tested on, each with its mask. */
export async function imagesOf(suite: Suite, device: Device) {
  const { folds, train, test, samples } = await planRun(suite, { registry: builtins, device, store: memoryStore() });
  const learnt = new Set(folds[fold]?.train);
  const read = (planned: typeof train) => Promise.all(planned.map((sample) => samples.read(sample)));
  return { train: await read(train.filter((_, place) => learnt.has(place))), test: await read(test) };
}

/** Images with their masks, as the runner has them in memory. */
export type Images = Awaited<ReturnType<typeof imagesOf>>;

/** Trains through the runner, from one seed after the other. */
export async function trainHere(suite: Suite, device: Device): Promise<Training[]> {
  const done: Training[] = [];
  for await (const run of trainings(suite, { device, store: memoryStore(), fold })) {
    const { seed, seconds, processorSeconds } = run;
    const { jaccard } = run.pooled;
    const loss = run.history[0]?.loss;
    if (typeof jaccard !== "number" || loss === undefined || processorSeconds === undefined) {
      throw new Error(`The training from seed ${seed} has no score.`);
    }
    done.push({ seed, jaccard, loss, seconds, processorSeconds });
    console.log(`  seed ${seed}: Jaccard index ${jaccard.toFixed(4)} here, in ${processorSeconds.toFixed(0)} s`);
  }
  return done;
}
