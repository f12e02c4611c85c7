import { createRandom, type HistoryPoint, isBetter, type JobId, nextTurn, type RunEvent } from "@em-stellar/core";
import { DeviceError } from "@em-stellar/core/training";
import { dispose, type Scalar } from "@tensorflow/tfjs-core";
import { type JobRecord, stateFile } from "../job-record.js";
import type { NetworkMethod } from "../method.js";
import { now } from "../now.js";
import { jobFolder, type OpenRun } from "../open-run.js";
import { goalOfCriterion, pathName } from "../suite-metrics.js";
import { scoreElsewhere } from "../transfer/score-elsewhere.js";
import { createBatches } from "./batch.js";
import { restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { shareCheckpoints } from "./criteria.js";
import { describeModel } from "./describe-model.js";
import { goOnLonger, observedPlan } from "./extension.js";
import { prepareFold } from "./fold-data.js";
import { startFrom } from "./initial-weights.js";
import { type Best, type JobState, restoreState, saveState } from "./job-state.js";
import { shareOver, stoppedAt } from "./limits.js";
import { readLosses, TrainingFailure } from "./losses.js";
import { requireRepeatable } from "./repeatable.js";
import { scoresBefore, testBest } from "./test-network.js";
import { createTrainStep } from "./train-step.js";
import { createTrapDetector } from "./traps.js";
import { NoNumbersError, validate } from "./validate.js";
import { warmUp } from "./warm-up.js";
import { averageWeights } from "./weight-average.js";

/** Seconds between two `step` events: losses are read back from the device together, not at every step. */
const reportInterval = 0.25;

/**
 * Trains a network on one fold from one seed, validates and keeps the best weights by each criterion, then predicts and
 * scores the test images with the first criterion's. Continues where a killed training of the same job last validated.
 * Throws {@link TrainingFailure} where the loss turns NaN or infinite, or the device cannot go on.
 */
export async function* trainNetwork(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
): AsyncGenerator<RunEvent, Pick<JobRecord, "result" | "warnings" | "elsewhere">> {
  const { suite, store, device } = run;
  const { training } = method;
  const totalSteps = training.steps ?? Number.MAX_SAFE_INTEGER;
  const folder = jobFolder(job);
  // Neither seed depends on the method: every network meets the same patches in the same order.
  const seed = `${job.seed}/fold-${job.fold}`;
  const { train, validation, normalize, normalization } = await prepareFold(run, job.fold, method, seed);
  const channels = train[0]?.channels ?? 1;
  const weightSeeds = createRandom(`${seed}/weights`);
  const built = method.network.build([null, null, channels], () => weightSeeds.integer(2 ** 31));
  const startingFolder = training.initial === null ? undefined : run.plan.initial?.[training.initial];
  if (training.initial !== null && startingFolder !== undefined) {
    try {
      await startFrom(built, store, startingFolder, training.initial);
    } catch (error) {
      built.dispose();
      throw error;
    }
  }
  const model = device.prepare(built);
  const notes = describeModel(run, job, method, train, normalization);
  const trainingSet = { samples: train, read: run.samples.read, normalize };
  const drawBatch = createBatches(trainingSet, training, suite.augmentation, seed);
  if (training.recompute) await requireRepeatable(model, method.network, channels);
  const trainStep = createTrainStep(model, method, training, seed);
  const { options } = method.network;
  const detectTrap = createTrapDetector(run.plan.data.foreground, "head" in options ? options.head : undefined);
  const average = training.averageWeights === null ? undefined : averageWeights(model, training.averageWeights);
  let state: JobState = { step: 0, seconds: 0, history: [], best: {}, warnings: [], planned: training.steps };
  let started = now();
  /** Seconds of training, without validation. */
  const spent = () => state.seconds + now() - started;
  const share = () => shareOver(step, spent(), training);
  const { plan, dependsOnTotal } = observedPlan({
    totalSteps,
    ...(training.minutes !== null && { share }),
    validationLosses: () => state.history.map(({ validation }) => validation.loss ?? Number.NaN),
  });
  const optimizer = method.optimizer.create(plan);
  let step = 0;
  let pending: Scalar[] = [];

  try {
    const trial = method.optimizer.create(plan);
    const trialBatch = await drawBatch(1);
    for await (const left of warmUp(device, model, () => trainStep(trial, 1, trialBatch)))
      yield { type: "job-warming-up", job, left };
    trial.dispose();
    const statePath = stateFile(job);
    const restored = await restoreState(store, statePath, model, optimizer, average);
    if (restored) {
      const longer = goOnLonger(restored, method, dependsOnTotal());
      state = longer.state;
      if (longer.warning) yield { type: "warning", job, ...longer.warning };
      const shared = await shareCheckpoints(store, `${folder}/checkpoints`, state, suite, training);
      if (shared) {
        state = { ...state, best: shared.best };
        await saveState(store, statePath, state, model, optimizer, average);
        for (const path of shared.obsolete) await store.remove(path);
      }
    }
    /** Steps that the training will have: an estimate where time ends it. */
    const expectedSteps = () =>
      training.minutes === null ? totalSteps : Math.min(totalSteps, Math.ceil(step / share()));
    yield {
      type: "job-started",
      job,
      step: state.step,
      totalSteps: training.steps ?? Math.max(training.validateEvery, state.step),
      ...(training.minutes !== null && { minutes: training.minutes }),
    };

    let losses = [...(state.losses ?? [])];
    const stopped = () => stoppedAt(state, training, (criterion) => goalOfCriterion(suite, criterion));
    started = now();
    let startedProcessor = run.processorTime?.();
    const measured = () => {
      const processorSeconds =
        startedProcessor === undefined
          ? state.processorSeconds
          : (state.processorSeconds ?? 0) + (run.processorTime?.() ?? startedProcessor) - startedProcessor;
      return {
        seconds: spent(),
        ...(processorSeconds !== undefined && { processorSeconds }),
      };
    };
    let reported = started;
    let reportedStep = state.step;
    for (step = state.step + 1; step <= totalSteps && !stopped(); step++) {
      pending.push(trainStep(optimizer, step, await drawBatch(step)));
      average?.update(step);
      const validating =
        step % training.validateEvery === 0 || step === totalSteps || (training.minutes !== null && share() === 1);
      const time = now();
      if (validating || time - reported >= reportInterval) {
        const read = await readLosses(pending, step);
        losses.push(...read);
        pending = [];
        if (!validating && isStopped(run.signal)) {
          const until = { ...state, ...measured(), step, losses };
          await saveState(store, statePath, until, model, optimizer, average);
          run.signal?.throwIfAborted();
        }
        const stepsPerSecond = (step - reportedStep) / (time - reported);
        yield { type: "step", job, step, totalSteps: expectedSteps(), loss: read.at(-1) as number, stepsPerSecond };
        await nextTurn(); // let timers, signals and messages through
        [reported, reportedStep] = [now(), step];
      }
      if (!validating) continue;

      const times = measured();
      average?.show();
      const { values, threshold, range } = await validate(suite, method, model, validation, run.cacheBytes);
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      losses = [];
      const point: HistoryPoint = { step, seconds: times.seconds, loss, validation: values };
      const best: Record<string, Best> = { ...state.best };
      for (const criterion of training.checkpoints) {
        const value = values[criterion];
        if (!isBetter(goalOfCriterion(suite, criterion), value, best[criterion]?.value)) continue;
        best[criterion] = { step, value: value as number, threshold }; // better than nothing, so a number
        const found = { criterion, step, value: value as number };
        await saveCheckpoint(store, `${folder}/checkpoints/${pathName(criterion)}`, model, notes(found, threshold));
        yield { type: "checkpoint", job, ...found };
      }
      average?.hide();
      const trap = detectTrap(range, share());
      if (trap) yield { type: "warning", job, ...trap };
      const { losses: _, ...lasting } = state;
      state = {
        ...lasting,
        step,
        ...times,
        best,
        history: [...state.history, point],
        warnings: trap ? [...state.warnings, trap] : state.warnings,
      };
      await saveState(store, statePath, state, model, optimizer, average);
      yield { type: "validation", job, totalSteps: expectedSteps(), point };
      started = now();
      startedProcessor = run.processorTime?.();
      [reported, reportedStep] = [started, step];
    }

    average?.show();
    if (training.checkpoints.every((criterion) => !state.best[criterion])) {
      // None was ever defined (a metric of an empty prediction, say): the last weights are the model.
      await saveCheckpoint(
        store,
        `${folder}/checkpoints/last`,
        model,
        notes({ criterion: "last", step: state.step, value: null }, 0.5),
      );
    }
    const tested = await testBest(run, job, method, model, state, normalize);
    const { checkpoint } = tested;
    if (checkpoint && run.datasets.size > 1) {
      await restoreCheckpoint(store, `${folder}/checkpoints/${pathName(checkpoint.criterion)}`, model); // other criteria were tested, too
    }
    const elsewhere = await scoreElsewhere(run, job, method, model, tested.threshold, normalize);
    const before =
      training.initial !== null && startingFolder !== undefined
        ? await scoresBefore(run, method, model, startingFolder, validation, normalize)
        : undefined;
    const result = { ...tested, ...(before && { before }) };
    const early = state.step < totalSteps ? stopped() : undefined;
    return {
      result: { ...result, ...(early && { stopped: early }) },
      warnings: state.warnings,
      ...(run.datasets.size > 1 && { elsewhere }),
    };
  } catch (cause) {
    if (cause instanceof NoNumbersError) throw new TrainingFailure(step, `${cause.message} (at step ${step})`, "loss");
    if (!(cause instanceof DeviceError)) throw cause;
    throw new TrainingFailure(step, `${cause.message} (at step ${step})`, "device");
  } finally {
    dispose(pending);
    average?.dispose();
    model.dispose();
    optimizer.dispose();
  }
}

function isStopped(signal: OpenRun["signal"]): boolean {
  try {
    signal?.throwIfAborted();
    return false;
  } catch {
    return true;
  }
}
