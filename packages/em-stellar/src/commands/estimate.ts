import { totalmem } from "node:os";
import type { JobId, StopSignal } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import {
  measureSpeed,
  memoryNeeds,
  type OpenRun,
  type Speed,
  secondsOf,
  type TrainingOptions,
  timeClassifiers,
} from "@em-stellar/runner";
import type { LoadedSuite } from "../suite-file.js";
import { count, duration, size } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { textTable } from "../terminal/text-table.js";

type NetworkMethod = Extract<OpenRun["methods"][number], { kind: "network" }>;

/** A job that is still to be done, from this step on. */
export interface OpenJob extends JobId {
  readonly from: number;
}

/** Tries each network for a few steps and prints how long the jobs that are left take, and how much memory. */
export async function printEstimate(
  { suite, registry, folder }: LoadedSuite,
  run: OpenRun,
  left: readonly OpenJob[],
  device: Device,
  workers: number,
  terminal: Terminal,
  signal: StopSignal,
): Promise<void> {
  const networks = run.methods
    .filter((method) => method.kind === "network")
    .filter(({ sameAs }) => sameAs === undefined);
  // How many images are learnt from does not change the speed: each network is tried with one number of them.
  const [fewest] = suite.trainingImages ?? [];
  const tried = networks.filter(({ images }) => images === fewest);
  const open = networks.filter(({ name }) => left.some(({ method }) => method === name));
  if (open.length === 0) return;
  terminal.print(`\nTrying each network on ${device.description} …`);
  const speeds = await measureSpeed(
    { ...suite, ...(fewest !== undefined && { trainingImages: [fewest] }) },
    { registry, device, folder, signal },
    { onFailure: (method, message) => terminal.print(`! ${method} failed in the trial: ${message}`) },
  );
  const speedOf = (method: NetworkMethod) => {
    const twin = tried.find(
      ({ network, loss, optimizer, training }) =>
        network === method.network &&
        loss === method.loss &&
        optimizer === method.optimizer &&
        training === method.training,
    );
    return speeds.find((speed) => speed.method === twin?.name);
  };
  const times = new Map(
    open.flatMap((method) => {
      const speed = speedOf(method);
      return speed ? [[method.name, { speed, training: method.training }] as const] : [];
    }),
  );
  const classifiers = left.some(({ method }) => isClassifier(run, method))
    ? await timeClassifiers(suite, { registry, device, folder, signal })
    : new Map<string, number>();
  const images = {
    test: run.test.length,
    validation: run.folds[0]?.validation.length ?? 1,
    elsewhere: Object.values(run.plan.transferTo ?? {}).reduce((sum, { data }) => sum + data.test.length, 0),
  };
  const needs = await memoryNeeds(run, open);
  /** A column, where the device can tell of any. */
  const memoryOf = (name: string) => {
    const bytes = needs.get(name);
    return needs.size === 0 ? [] : [bytes === undefined ? "" : size(bytes)];
  };
  const rows = [
    ...[...times].map(([name, { speed, training }]) => [
      name,
      `${(1000 * speed.step).toFixed(0)} ms`,
      `${speed.validation.toFixed(2)} s`,
      duration(secondsOfTraining(speed, training, images)),
      ...memoryOf(name),
    ]),
    ...[...classifiers].map(([name, seconds]) => [name, "", "", duration(seconds), ...memoryOf(name)]),
  ];
  if (rows.length === 0) {
    terminal.print("\nNo network could be tried, so there is no estimate; a run would fail in the same way.");
    return;
  }
  const columns = ["method", "step", "validation", "training", ...(needs.size > 0 ? ["memory"] : [])];
  terminal.print(textTable(columns, rows, rows.length, [0]));
  const jobs = left.flatMap(({ method, from }) => {
    const time = times.get(method);
    return time ? [secondsOfTraining(time.speed, time.training, images, from)] : (classifiers.get(method) ?? []);
  });
  const atATime = Math.min(workers, jobs.length);
  const together = atATime > 1 ? `, ${atATime} at a time` : "";
  const most = needs.size > 0 ? Math.max(...needs.values()) : device.peakBytes();
  terminal.print(
    `\nAbout ${duration(secondsOf(jobs, workers))} for ${count(jobs.length, "training")}${together}. Each takes up to ${size(most)} on the device. Floors and ensembles are not counted.`,
  );
  if (needs.size > 0 && atATime > 1 && atATime * most > totalmem()) {
    terminal.print(
      `! ${atATime} of them at a time may need ${size(atATime * most)}, and this machine has ${size(totalmem())}. Use --workers ${Math.max(1, Math.floor(totalmem() / most))}.`,
    );
  }
}

function isClassifier({ methods }: OpenRun, name: string): boolean {
  const method = methods.find((each) => each.name === name);
  return method?.kind === "baseline" && method.baseline.role === "classifier";
}

/**
 * From a training's start, or from the step that it has been saved at, to its test scores. Weights that another criterion
 * chooses are tested as well: nobody knows how many will agree, so half of the others are counted. So are test images of other data.
 */
export function secondsOfTraining(
  { start, step, validation, test }: Speed,
  {
    steps,
    minutes,
    validateEvery,
    checkpoints,
  }: Pick<TrainingOptions, "steps" | "minutes" | "validateEvery" | "checkpoints">,
  images: { readonly test: number; readonly validation: number; readonly elsewhere: number },
  from = 0,
): number {
  const made = Math.min(
    steps ?? Number.POSITIVE_INFINITY,
    minutes === null ? Number.POSITIVE_INFINITY : Math.ceil((60 * minutes) / step),
  );
  const validations = Math.ceil(made / validateEvery) - Math.floor(Math.min(from, made) / validateEvery);
  const others = (Math.min(checkpoints.length, Math.ceil(made / validateEvery)) - 1) / 2;
  const perImage = test / (images.test + images.validation); // the test predicts validation images, too
  const further = others * images.test + images.elsewhere;
  return start + Math.max(0, made - from) * step + validations * validation + test + further * perImage;
}
