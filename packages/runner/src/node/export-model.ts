import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import {
  chosenNetwork,
  chosenRun,
  didYouMean,
  finishedRuns,
  InputError,
  type MethodResult,
  type Results,
  type RunStore,
  schemaVersion,
  writeSealed,
} from "@em-stellar/core";
import { shown } from "@em-stellar/data/node";
import { folderReader, folderStore } from "./folder-store.js";
import { type EnsembleNotes, ensembleFile } from "./prediction/ensemble-folder.js";
import { jobFolderOf, ofJob, resultsOf } from "./prediction/find-model.js";

export interface ExportOptions {
  /** Folder of a finished run. */
  readonly run: string;
  /** A network or an ensemble of the run; by default the network that is best on validation images. */
  readonly method?: string;
  /** A folder that is empty, or is not there yet. */
  readonly out: string;
}

/** What was exported. */
export interface Exported {
  readonly method: string;
  /** Models in the folder. */
  readonly models: number;
  /** Absolute. */
  readonly folder: string;
}

/**
 * Copies a trained model (of a network, its best training by validation images), or all members of an ensemble with the way
 * they are combined, into a folder of their own, which `predict` takes. Throws `InputError`.
 */
export async function exportModel({ run, method: name, out }: ExportOptions): Promise<Exported> {
  const [from, folder] = [resolve(run), resolve(out)];
  if (!existsSync(join(from, "suite.json"))) {
    throw new InputError(`${shown(from)} is not a run. Name the folder of a finished run.`);
  }
  const results = await resultsOf(from);
  const method = methodOf(results, name, from);
  if (existsSync(folder) && (await readdir(folder)).length > 0) {
    throw new InputError(`${shown(folder)} is not empty. Export into a new folder.`);
  }
  const { id: combine, options = {} } = method.components[0] ?? { id: "" };
  const [ensembleRun] = method.runs;
  const members = method.kind === "ensemble" ? (ensembleRun?.members ?? []) : undefined;
  const jobs = members?.map((job) => jobOf(from, job));
  const chosen = chosenRun(method, results);
  const sources = await Promise.all(
    (jobs ?? (chosen ? [jobFolderOf(from, method.sameAs ?? method.name, chosen)] : [])).map(
      async (job) => (await ofJob(job)).folder,
    ),
  );
  const store = await folderStore(folder);
  if (!members) {
    for (const source of sources) await copyModel(source, store, "");
    return { method: method.name, models: 1, folder };
  }
  const folders = sources.map((_, i) => `members/${String(i + 1).padStart(2, "0")}`);
  for (const [i, source] of sources.entries()) await copyModel(source, store, `${folders[i]}/`);
  const notes: EnsembleNotes = {
    kind: "ensemble",
    schemaVersion,
    name: method.name,
    suite: results.suite,
    combine: { id: combine, options },
    members: folders,
    ...(ensembleRun?.weights && { weights: ensembleRun.weights }),
    ...(ensembleRun && { validation: ensembleRun.validation }),
  };
  await writeSealed(store, ensembleFile, notes);
  return { method: method.name, models: sources.length, folder };
}

function methodOf(results: Results, name: string | undefined, run: string): MethodResult {
  if (name === undefined) {
    const chosen = chosenNetwork(results);
    if (chosen) return chosen.method;
    throw new InputError(`No network of the run in ${shown(run)} finished training.`);
  }
  const trained = results.methods.filter((method) => method.kind !== "baseline" && finishedRuns(method).length > 0);
  const found = trained.find((method) => method.name === name);
  if (found) return found;
  const names = trained.map((method) => method.name);
  const isFloor = results.methods.some((method) => method.kind === "baseline" && method.name === name);
  throw new InputError(
    isFloor
      ? `"${name}" is a baseline: it has no model to export. Available: ${names.join(", ")}.`
      : `The run in ${shown(run)} has no trained method "${name}".${didYouMean(name, names)} Available: ${names.join(", ")}.`,
  );
}

/** The folder of a member, which results name like `unet/fold-0/seed-1`. */
function jobOf(run: string, job: string): string {
  const [, name, fold, seed] = /^(.+)\/fold-(\d+)\/seed-(-?\d+)$/.exec(job) ?? [];
  if (name === undefined) {
    throw new InputError(
      `${shown(join(run, "results.json"))} names a member ${JSON.stringify(job)}, which is not a job.`,
    );
  }
  return jobFolderOf(run, name, { fold: Number(fold), seed: Number(seed) });
}

/** Copies the files of a checkpoint. */
async function copyModel(source: string, store: RunStore, prefix: string): Promise<void> {
  const { read } = folderReader(source);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const content = entry.isFile() ? await read(entry.name) : undefined;
    if (content) await store.write(`${prefix}${basename(entry.name)}`, content);
  }
}
