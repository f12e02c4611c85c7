import "@tensorflow/tfjs-backend-cpu";
import {
  type AnyFactory,
  createRegistry,
  definePlugin,
  memoryStore,
  type Results,
  type RunEvent,
  type RunStore,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { defineSuite, type RunSuiteOptions, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { memory, setBackend } from "@tensorflow/tfjs-core";
import { agreement, discData, squaredError, stockAdam, tinyNet } from "./tiny.js";

await setBackend("cpu");

/** The device of every test of the runner: tfjs's own kernels, in this process. */
export const device: Device = {
  backend: "cpu",
  options: {},
  description: "cpu",
  details: {},
  prepare: (model) => model,
  peakBytes: () => memory().numBytes,
  dispose: async () => {},
};

/** The components for tests, and more of a test's own. */
export function registryOf(...more: readonly AnyFactory[]) {
  const components: AnyFactory[] = [agreement, discData, squaredError, stockAdam, tinyNet, ...more];
  return createRegistry(definePlugin({ name: "tiny", version: "1.0.0", components }));
}
export const registry = registryOf();

/** A network of some fifty weights on a few discs: two trainings of four steps. */
export const tiny = {
  name: "tiny",
  data: discData(),
  networks: [tinyNet()],
  loss: squaredError(),
  optimizer: stockAdam(),
  metrics: [agreement()],
  folds: 2,
  training: { patch: 16, batchSize: 2, steps: 4, validateEvery: 2 },
} as const satisfies SuiteDefinition;

/** A suite that is `tiny` but for some fields. */
export const tinySuite = (change: Partial<SuiteDefinition> = {}) => defineSuite({ ...tiny, ...change });

/** Runs a tiny suite, to its end or until an event; keeps what happened. */
export async function play(
  change: Partial<SuiteDefinition> = {},
  store: RunStore = memoryStore(),
  { until = () => false, ...options }: Partial<RunSuiteOptions> & { until?: (event: RunEvent) => boolean } = {},
) {
  const events: RunEvent[] = [];
  for await (const event of runSuite(tinySuite(change), { registry, device, store, ...options })) {
    events.push(event);
    if (until(event)) break;
  }
  const last = events.at(-1);
  const results: Results | undefined = last?.type === "run-finished" ? last.results : undefined;
  return { events, store, results, runs: results?.methods[0]?.runs ?? [] };
}

/** A condition that is met when an event of a type comes for this time. */
export function nth(type: RunEvent["type"], times: number): (event: RunEvent) => boolean {
  let seen = 0;
  return (event) => event.type === type && ++seen === times;
}

/** The weights of all checkpoints under a folder, in the order of their paths. */
export async function weightsOf(store: RunStore, folder = "jobs"): Promise<(Uint8Array | undefined)[]> {
  const files = (await store.list(folder)).filter((path) => path.endsWith("weights.bin"));
  return Promise.all(files.map((path) => store.read(path)));
}
