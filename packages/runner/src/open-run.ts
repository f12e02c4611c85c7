import {
  type AnyRegistry,
  type ComponentRecord,
  type DataContext,
  type DataSource,
  type Dataset,
  InputError,
  imageFormatsOf,
  type JobId,
  jobPath,
  type RunStore,
  readJson,
  type StopSignal,
  writeJson,
  writeText,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { encodePng, type Fold, previewOf } from "@em-stellar/data";
import { describeSuite } from "./describe-suite.js";
import { firstDifference } from "./first-difference.js";
import { keepInitial, withInitial } from "./initial-models.js";
import { inspect } from "./inspect.js";
import type { LoadedSample } from "./loaded-sample.js";
import { citedRecordOf, dataOf, type Method, methodsOf } from "./method.js";
import { type Plan, type PlannedSample, readPlan, writePlan } from "./plan.js";
import { createSamples, defaultCacheBytes, type Samples } from "./samples.js";
import { subsetOf } from "./subset.js";
import type { Suite } from "./suite.js";
import { withData } from "./transfer/with-data.js";

/** What a run needs from outside. */
export interface RunOptions {
  readonly registry: AnyRegistry;
  readonly device: Device;
  readonly store: RunStore;
  /** The folder that relative paths of the suite's data start from. */
  readonly folder?: string;
  /** Opens the folder of a model that a suite names as `initial`; absent where trainings cannot start from one. */
  readonly openInitial?: (path: string) => Promise<Pick<RunStore, "location" | "read">>;
  /** Versions and the like, for the record. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Bytes of decoded images that may stay in memory; by default 1 GiB. */
  readonly cacheBytes?: number;
  /** Seconds that the processor has worked for this program so far; absent where that cannot be known. */
  readonly processorTime?: () => number;
  /** Stops the run, which ends with the signal's reason. What was trained up to the last validation is kept. */
  readonly signal?: StopSignal;
}

/** The images of one data source, split and ready to be read. */
export interface RunData {
  readonly data: Plan["data"];
  readonly train: readonly PlannedSample[];
  readonly test: readonly PlannedSample[];
  readonly folds: readonly Fold[];
  readonly samples: Samples;
}

/** A suite with its jobs laid out, whose images are read when they are needed: all that a job needs. */
export interface OpenRun extends RunOptions, Omit<RunData, "data"> {
  readonly suite: Suite;
  readonly methods: readonly Method[];
  readonly plan: Plan;
  readonly jobs: readonly JobId[];
  /** All data of the suite by name; its own has the suite's name. */
  readonly datasets: ReadonlyMap<string, RunData>;
}

/**
 * Looks through the data once, splits it and lists the jobs. Throws `InputError` for everything that would make training
 * pointless; writes nothing. `opening` is kept in the plan, for whoever opens the run again from its folder.
 */
export async function planRun(suite: Suite, options: RunOptions, opening: Plan["opening"] = {}): Promise<OpenRun> {
  const methods = methodsOf(suite);
  const samples = new Map<string, Samples>();
  const inspected = async (name: string, source: DataSource) => {
    const dataset = await source.open(contextOf(options));
    const read = samplesIn(dataset, suite, options);
    samples.set(name, read);
    const own = methods.filter((method) => dataOf(suite, method) === name);
    return inspect(suite, own, dataset, read, opening);
  };
  let plan = await inspected(suite.name, suite.data);
  for (const [name, source] of Object.entries(suite.transferTo ?? {})) {
    try {
      plan = withData(plan, name, await inspected(name, source));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`transferTo[${JSON.stringify(name)}]: ${error.message}`);
    }
  }
  return laidOut(suite, options, await withInitial(plan, suite, options), samples);
}

/**
 * Opens a run that was planned, from what its store holds; reads no image. Throws `InputError` where there is none, or where
 * the suite is another one than the run was planned with.
 */
export async function openRun(suite: Suite, options: RunOptions): Promise<OpenRun> {
  const { store, registry } = options;
  const plan = await readPlan(store);
  const stored = await readJson(store, "suite.json");
  const change = firstDifference(stored, JSON.parse(JSON.stringify(describeSuite(suite, registry))));
  if (change) {
    const { path, before, now } = change;
    const what = path.length === 0 ? "suite.json" : path.join(".");
    const advice = "start the run again: it says which parts can still be used.";
    throw new InputError(
      `The suite "${suite.name}" has changed since the run in ${store.location} was planned: ${what} was ${shortened(before)}, and is now ${shortened(now)}. ${
        path[0] === "data"
          ? `If its file takes a folder from an environment variable, set the variable as it was. Otherwise ${advice}`
          : `S${advice.slice(1)}`
      }`,
    );
  }
  const samples = new Map<string, Samples>();
  for (const [name, source] of [[suite.name, suite.data] as const, ...Object.entries(suite.transferTo ?? {})]) {
    const { settled } = name === suite.name ? plan.data : (plan.transferTo?.[name]?.data ?? {});
    const dataset = await source.open({ ...contextOf(options), ...(settled !== undefined && { settled }) });
    samples.set(name, samplesIn(dataset, suite, options));
  }
  return laidOut(suite, options, plan, samples);
}

/** Each source of data has an equal part of the memory. */
function samplesIn(dataset: Dataset, { transferTo = {} }: Suite, { cacheBytes, signal }: RunOptions): Samples {
  const bytes = Math.floor((cacheBytes ?? defaultCacheBytes) / (1 + Object.keys(transferTo).length));
  return createSamples([...dataset.train, ...dataset.test], bytes, signal);
}

function contextOf({ folder, registry }: RunOptions): DataContext {
  return { ...(folder !== undefined && { folder }), formats: imageFormatsOf(registry) };
}

function laidOut(suite: Suite, options: RunOptions, plan: Plan, samples: ReadonlyMap<string, Samples>): OpenRun {
  const { jobs, transferTo = {} } = plan;
  const planned = new Map([[suite.name, plan] as const, ...Object.entries(transferTo)]);
  const datasets = new Map(
    [...samples].map(([name, read]): [string, RunData] => {
      const { data, folds } = planned.get(name) as Pick<Plan, "data" | "folds">; // the plan is of this suite
      return [name, { data, folds, train: data.train, test: data.test, samples: read }];
    }),
  );
  const { data: _, ...own } = datasets.get(suite.name) as RunData; // set above
  return { ...options, suite, methods: methodsOf(suite), plan, jobs, datasets, ...own };
}

/** A run as it is on other data of its suite: whatever trains or scores there takes images and folds from it. */
export function runOn(run: OpenRun, name: string): OpenRun {
  const found = run.datasets.get(name);
  if (!found) throw new InputError(`The suite "${run.suite.name}" has no data "${name}".`);
  const { data, ...images } = found;
  return { ...run, ...images, plan: { ...run.plan, data, folds: [...images.folds] } };
}

/** A run as it is on the data that a job trains on. */
export function runOfJob(run: OpenRun, job: JobId): OpenRun {
  return runOn(run, dataOf(run.suite, methodOf(run, job)));
}

/** Writes what describes the run: the suite, the plan, the versions, and the test images for the report. */
export async function describeRun(run: OpenRun): Promise<void> {
  const { store, suite, registry } = run;
  await writeJson(store, "suite.json", describeSuite(suite, registry));
  await writeJson(store, "manifest.json", {
    environment: environmentOf(run),
    plugins: registry.plugins.map(({ name, version }) => ({ name, version })),
    dataHash: run.plan.data.hash,
  });
  await keepInitial(run);
  await writePlan(store, run.plan);
  await writeText(store, "jobs.txt", run.plan.jobs.map((job) => `${jobPath(job)}\n`).join(""));
  for (const sample of run.test) {
    const { image, truth } = testPaths(sample.id);
    const loaded = await run.samples.read(sample);
    await store.write(image, encodePng(previewOf(loaded.image)));
    await store.write(truth, encodePng(maskPicture(loaded)));
  }
}

/** Where a test image and its truth lie in the run folder. */
export function testPaths(id: string): { image: string; truth: string } {
  return { image: `test/${id}/image.png`, truth: `test/${id}/truth.png` };
}

/** Versions, backend and device, as results record them. */
export function environmentOf({ device, environment }: RunOptions): Record<string, string> {
  return { ...environment, backend: device.backend, device: device.description, ...device.details };
}

/** The method that a job trains. */
export function methodOf(run: OpenRun, job: JobId): Method {
  const method = run.methods.find(({ name }) => name === job.method);
  if (!method) {
    throw new InputError(
      `The suite "${run.suite.name}" has no method "${job.method}". It has: ${run.methods.map(({ name }) => name).join(", ")}.`,
    );
  }
  return method;
}

/** The training samples of a fold, or so many of them, and its validation samples. Throws `InputError` where there is no such fold. */
export function samplesOf(
  { folds, train, suite }: OpenRun,
  fold: number,
  images?: number,
): Record<keyof Fold, PlannedSample[]> {
  const part = folds[fold];
  if (!part) throw new InputError(`There is no fold ${fold}: the suite has ${folds.length}, counted from 0.`);
  const pick = (indices: readonly number[]) => indices.map((i) => train[i] as PlannedSample); // splitFolds indexes `train`
  const learnt = images === undefined ? part.train : subsetOf(part.train, images, train, `${suite.split.seed}/${fold}`);
  return { train: pick(learnt), validation: pick(part.validation) };
}

/** A method's components with the packages they came from. */
export function componentsOf({ registry }: RunOptions, method: Method): ComponentRecord[] {
  const components = method.kind === "network" ? [method.network, method.loss, method.optimizer] : [method.baseline];
  return components.map((component) => citedRecordOf(component, registry.origin(component.kind, component.id)));
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** The folder of everything that a job leaves. */
export function jobFolder(job: JobId): string {
  return `jobs/${jobPath(job)}`;
}

function maskPicture({ mask, image }: LoadedSample): { width: number; height: number; data: Uint8Array } {
  return { width: image.width, height: image.height, data: mask.map((object) => object * 255) };
}
