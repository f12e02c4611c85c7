import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnyFactory, EmStellarError } from "@em-stellar/core";
import { builtins } from "em-stellar";
import { afterAll, beforeAll, expect, it } from "vitest";
import { play } from "./faults/commands.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-absurd-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const training = { patch: 32, batchSize: 1, steps: 1, validateEvery: 1 };
const suite = {
  name: "absurd",
  data: { id: "phantom", options: { size: 64, trainImages: 4, testImages: 1, groups: 2 } },
  networks: [{ id: "unet", options: { baseFilters: 2, depth: 1 } }],
  loss: "dice",
  optimizer: "adam",
  metrics: ["f1"],
  folds: 2,
  baselines: [],
  training,
};

/** Runs a suite to its end in this process: what it prints, or in a sentence why nothing of it could be done. */
async function run(changed: object): Promise<string> {
  const file = join(folder, "suite.json");
  writeFileSync(file, JSON.stringify({ ...suite, ...changed }));
  rmSync(join(folder, "run"), { recursive: true, force: true });
  try {
    return await play("run", file, "--out", join(folder, "run"), "--executor", "in-process", "--backend", "wasm");
  } catch (error) {
    if (!(error instanceof EmStellarError)) throw error;
    return error.message;
  }
}

/** No word of an error that nobody foresaw, but for the one of memory that is not there. */
function requireSentence(said: string): void {
  const unforeseen = /where it arose/.test(said) && !/needs more memory than this machine has/.test(said);
  expect(unforeseen, said).toBe(false);
}

const absurd = [1e6, 1e9, Number.MAX_SAFE_INTEGER];
const networkDefaults = (factory: AnyFactory, name: string) =>
  "baseFilters" in factory.defaults && name !== "baseFilters" ? { baseFilters: 2 } : {};

const places: Readonly<Record<string, (component: object) => object>> = {
  network: (network) => ({ networks: [network] }),
  loss: (loss) => ({ loss }),
  optimizer: (optimizer) => ({ optimizer }),
  metric: (metric) => ({ metrics: ["f1", metric] }),
  baseline: (baseline) => ({ baselines: [baseline] }),
};

/** Every number that a factory takes for one of its options, though nobody can mean it. */
const cases = Object.keys(places).flatMap((kind) => {
  const factories: readonly AnyFactory[] = builtins.list(kind as "network"); // of any kind, none of whose options is looked at
  return factories.flatMap((factory) =>
    Object.entries(factory.defaults).flatMap(([name, standard]) =>
      absurd.flatMap((number) => {
        const value = Array.isArray(standard) ? [number] : number;
        const options = { ...(kind === "network" && networkDefaults(factory, name)), [name]: value };
        try {
          factory(options);
          return [{ kind, id: factory.id, name, number, options }];
        } catch {
          return []; // refused before any work
        }
      }),
    ),
  );
});

it.each(cases)(
  "$kind $id with $name = $number costs no more than its own training",
  async ({ kind, id, options }) => {
    requireSentence(await run(places[kind]?.({ id, options }) ?? {}));
  },
  60_000,
);

it.each(
  absurd.flatMap((value) => [
    ["data.options.size", value, { data: { ...suite.data, options: { ...suite.data.options, size: value } } }] as const,
    [
      "trainImages",
      value,
      { data: { ...suite.data, options: { ...suite.data.options, trainImages: value } } },
    ] as const,
    ["testImages", value, { data: { ...suite.data, options: { ...suite.data.options, testImages: value } } }] as const,
    ["groups", value, { data: { ...suite.data, options: { ...suite.data.options, groups: value } } }] as const,
    [
      "mitochondria",
      value,
      { data: { ...suite.data, options: { ...suite.data.options, mitochondria: value } } },
    ] as const,
    ["training.patch", value, { training: { ...training, patch: value } }] as const,
    ["training.batchSize", value, { training: { ...training, batchSize: value } }] as const,
    ["training.microBatch", value, { training: { ...training, microBatch: value } }] as const,
    ["folds", value, { folds: value }] as const,
    ["trainingImages", value, { trainingImages: [value] }] as const,
  ]),
)("%s = %s is refused by its name before any work", async (field, _, changed) => {
  expect(await run(changed)).toContain(field.split(".").at(-1));
});

it.each([
  ["batchSize", { training: { ...training, batchSize: 65_536, patch: 1024 } }],
  ["validateEvery", { training: { ...training, validateEvery: Number.MAX_SAFE_INTEGER } }],
  ["patience", { training: { ...training, earlyStopping: { patience: Number.MAX_SAFE_INTEGER } } }],
  ["minutes", { training: { ...training, minutes: 1e300 } }],
  ["clipGradients", { training: { ...training, clipGradients: 1e300 } }],
  ["top", { ensembles: [{ combine: "average", top: Number.MAX_SAFE_INTEGER, by: "f1" }] }],
  ["seeds", { seeds: [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER] }],
  ["mitochondria at its limit", { data: { ...suite.data, options: { ...suite.data.options, mitochondria: 1000 } } }],
] as const)(
  "%s as large as it may be ends, or its training fails in a sentence",
  async (_, changed) => {
    requireSentence(await run(changed));
  },
  60_000,
);
