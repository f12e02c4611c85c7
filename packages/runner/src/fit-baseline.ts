import {
  compare,
  createScorer,
  type JobId,
  probabilities,
  type RunResult,
  type Sample,
  type Slice,
} from "@em-stellar/core";
import type { BaselineMethod } from "./method.js";
import { now } from "./now.js";
import { jobFolder, type OpenRun, samplesOf } from "./open-run.js";
import type { PlannedSample } from "./plan.js";
import type { Samples } from "./samples.js";
import { scoreTestImages } from "./training/test-images.js";

/** Fits a baseline on a fold's training images, scores it on the validation images, then on the test images. */
export async function fitBaseline(run: OpenRun, job: JobId, { baseline }: BaselineMethod): Promise<RunResult> {
  const started = now();
  const startedProcessor = run.processorTime?.();
  const fold = samplesOf(run, job.fold);
  const segmenter = await baseline.fit(fold.train.map((planned) => asSample(planned, run.samples)));
  const seconds = now() - started;
  const ended = run.processorTime?.();
  const processorSeconds = startedProcessor === undefined || ended === undefined ? undefined : ended - startedProcessor;
  const scorer = createScorer(run.suite.metrics);
  for (const planned of fold.validation) {
    const { id, image, truth } = await run.samples.read(planned);
    scorer.add(id, compare(truth, segmenter.segment(image, sliceOf(planned))));
  }
  const tested = await scoreTestImages(run, jobFolder(job), 0.5, async ({ image }, planned) =>
    probabilities(segmenter.segment(image, sliceOf(planned))),
  );
  return {
    fold: job.fold,
    seed: job.seed,
    state: "done",
    threshold: 0.5,
    steps: 0,
    seconds,
    ...(processorSeconds !== undefined && { processorSeconds }),
    validation: scorer.result().pooled,
    history: [],
    learnt: { ...segmenter.learnt },
    ...tested,
  };
}

function asSample(planned: PlannedSample, samples: Samples): Sample {
  return {
    ...sliceOf(planned),
    image: async () => (await samples.read(planned)).image,
    mask: async () => (await samples.read(planned)).truth,
  };
}

function sliceOf({ id, group, stack, z }: PlannedSample): Slice {
  return {
    id,
    ...(group !== undefined && { group }),
    ...(stack !== undefined && { stack }),
    ...(z !== undefined && { z }),
  };
}
