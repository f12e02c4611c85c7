import {
  type AnyRegistry,
  type ComponentRecord,
  InputError,
  type JobId,
  jobPath,
  type RunStore,
  type Sample,
  type Warning,
  writeJson,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { encodePng, type Fold, findNearDuplicates, previewOf, requireBothClasses, splitFolds } from "@em-stellar/data";
import { describeSuite } from "./describe-suite.js";
import { hashSamples } from "./hash.js";
import { foregroundOf, type LoadedSample, loadSamples } from "./loaded-sample.js";
import { type Method, methodsOf, recordOf } from "./method.js";
import type { Suite } from "./suite.js";

/** What a run needs from outside. */
export interface RunOptions {
  readonly registry: AnyRegistry;
  readonly device: Device;
  readonly store: RunStore;
  /** The folder that relative paths of the suite's data start from. */
  readonly folder?: string;
  /** Versions and the like, for the record. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A suite with its data in memory and its jobs laid out: all that a job needs. */
export interface OpenRun extends RunOptions {
  readonly suite: Suite;
  readonly methods: readonly Method[];
  readonly jobs: readonly JobId[];
  readonly train: readonly LoadedSample[];
  readonly test: readonly LoadedSample[];
  readonly folds: readonly Fold[];
  readonly foreground: number;
  readonly dataHash: string;
  readonly warnings: readonly Warning[];
}

/** Reads the data, splits it and lists the jobs. Throws `InputError` for everything that would make training pointless; writes nothing. */
export async function openRun(suite: Suite, options: RunOptions): Promise<OpenRun> {
  const context = {
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    formats: options.registry.list("format").map((format) => format()),
  };
  const dataset = await suite.data.open(context);
  requireDistinctIds([...dataset.train, ...dataset.test]);
  const train = await loadSamples(dataset.train);
  const test = await loadSamples(dataset.test);
  const shares = requireBothClasses(train);
  if (test.length === 0) {
    throw new InputError(
      `The data of suite "${suite.name}" has no test images. Hold some out: without them nothing says how a method does on images it never saw.`,
    );
  }
  const folds = splitFolds(
    train.map((sample, i) => ({ ...sample, foreground: shares[i] as number })), // one share for each sample
    { count: suite.folds, ...suite.split },
  );
  const methods = methodsOf(suite);
  const jobs = methods.flatMap(({ name, kind }) =>
    folds.flatMap((_, fold) =>
      // A baseline draws no random numbers: one seed tells all.
      (kind === "network" ? suite.seeds : suite.seeds.slice(0, 1)).map((seed) => ({ method: name, fold, seed })),
    ),
  );
  return {
    ...options,
    suite,
    methods,
    jobs,
    train,
    test,
    folds,
    foreground: foregroundOf(train),
    dataHash: await hashSamples([...train, ...test]),
    warnings: [...warnOfLeaks(train, test), ...warnOfFewImages(test)],
  };
}

/** Writes what describes the run: the suite, the versions, and the test images for the report. */
export async function describeRun(run: OpenRun): Promise<void> {
  const { store, suite, registry } = run;
  await writeJson(store, "suite.json", describeSuite(suite, registry));
  await writeJson(store, "manifest.json", {
    environment: environmentOf(run),
    plugins: registry.plugins.map(({ name, version }) => ({ name, version })),
    dataHash: run.dataHash,
  });
  for (const sample of run.test) {
    const { image, truth } = testPaths(sample.id);
    await store.write(image, encodePng(previewOf(sample.image)));
    await store.write(truth, encodePng(maskPicture(sample)));
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

/** A method's components with the packages they came from. */
export function componentsOf({ registry }: RunOptions, method: Method): ComponentRecord[] {
  const components = method.kind === "network" ? [method.network, method.loss, method.optimizer] : [method.baseline];
  return components.map((component) => recordOf(component, registry.origin(component.kind, component.id)));
}

/** The folder of everything that a job leaves. */
export function jobFolder(job: JobId): string {
  return `jobs/${jobPath(job)}`;
}

function requireDistinctIds(samples: readonly Sample[]): void {
  const seen = new Set<string>();
  for (const { id } of samples) {
    if (seen.has(id)) throw new InputError(`Two images are both named "${id}". Rename one: results are kept by name.`);
    seen.add(id);
  }
}

function warnOfLeaks(train: readonly LoadedSample[], test: readonly LoadedSample[]) {
  const warnings: Warning[] = [];
  for (const { train: known, test: unseen, similarity } of findNearDuplicates(train, test)) {
    warnings.push({
      code: "leak",
      message: `Test image "${unseen}" is nearly the training image "${known}" (correlation ${similarity.toFixed(3)}). Scores on it tell how well a method remembers, not how well it segments new images.`,
    });
  }
  return warnings;
}

function warnOfFewImages(test: readonly LoadedSample[]) {
  return test.length >= 6
    ? []
    : [
        {
          code: "few-test-images",
          message: `There ${test.length === 1 ? "is 1 test image" : `are ${test.length} test images`}: too few for a paired test to tell close methods apart (with fewer than 6, no outcome reaches two-sided p < 0.05).`,
        },
      ];
}

function maskPicture({ mask, image }: LoadedSample): { width: number; height: number; data: Uint8Array } {
  return { width: image.width, height: image.height, data: mask.map((object) => object * 255) };
}
