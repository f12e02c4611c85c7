import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  chosenRun,
  finishedRuns,
  InputError,
  type MethodResult,
  type RunResult,
  resultsSchema,
} from "@em-stellar/core";
import { shown } from "@em-stellar/data/node";
import { count } from "../count.js";

/** A checkpoint, and why it is this one. */
export interface FoundModel {
  /** Its folder, absolute. */
  readonly folder: string;
  /** How it was chosen among several, in sentences; none where it was named. */
  readonly reasons: readonly string[];
}

/**
 * The checkpoint that a path names: its folder or its model.json; of a job the one that its test images were predicted with;
 * of a finished run that of its best network, and of that network's trainings the best on validation images. Throws
 * `InputError`.
 */
export async function findModel(path: string): Promise<FoundModel> {
  const place = resolve(path);
  const info = await stat(place).catch(() => undefined);
  if (!info) throw new InputError(`There is no ${shown(place)}. Name the folder of a checkpoint, a job or a run.`);
  if (!info.isDirectory()) {
    if (basename(place) === "model.json") return { folder: dirname(place), reasons: [] };
    throw new InputError(`${shown(place)} is no model. Name the folder of a checkpoint, a job or a run.`);
  }
  if (existsSync(join(place, "model.json"))) return { folder: place, reasons: [] };
  if (existsSync(join(place, "checkpoints"))) return ofJob(place);
  if (existsSync(join(place, "suite.json"))) return ofRun(place);
  throw new InputError(`${shown(place)} holds no model, and is neither a job nor a run.${await modelsWithin(place)}`);
}

async function ofJob(job: string): Promise<FoundModel> {
  const folders = await savedIn(join(job, "checkpoints"));
  if (folders.length === 0) {
    throw new InputError(`${shown(job)} has no checkpoint yet. Run its suite to the first validation.`);
  }
  const metrics: { result?: RunResult } | undefined = await readJsonFile(join(job, "metrics.json"));
  const description: { training?: { checkpoints?: string[] } } | undefined = await readJsonFile(join(job, "job.json"));
  const wanted = [metrics?.result?.checkpoint?.criterion, ...(description?.training?.checkpoints ?? [])];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const notes: { training?: { criterion?: string } } | undefined = await readJsonFile(
        join(folder, "segmentation.json"),
      );
      return { folder, criterion: notes?.training?.criterion ?? basename(folder) };
    }),
  );
  const order = wanted.flatMap((criterion) => found.filter((each) => each.criterion === criterion));
  const { folder, criterion } = order[0] ?? (found[0] as (typeof found)[number]); // there is one at least
  const isDone = metrics?.result?.state === "done";
  return {
    folder,
    reasons: [
      ...(isDone ? [] : ["! This training has not finished: these are its best weights so far."]),
      ...(folders.length > 1
        ? [
            `Of its ${folders.length} checkpoints, the one by ${criterion}${isDone ? ", which its test images were predicted with" : ""}.`,
          ]
        : []),
    ],
  };
}

async function ofRun(run: string): Promise<FoundModel> {
  const json = await readJsonFile(join(run, "results.json"));
  if (json === undefined) {
    throw new InputError(
      `The run in ${shown(run)} has not finished. Finish it with the command that started it, or name one of its jobs.${await modelsWithin(run)}`,
    );
  }
  const parsed = resultsSchema.safeParse(json);
  if (!parsed.success) throw new InputError(`${shown(join(run, "results.json"))} is not in the form of this version.`);
  const results = parsed.data;
  const networks = results.methods.filter((method) => method.kind === "network" && finishedRuns(method).length > 0);
  const [[leader], [best]] = [results.methods, networks]; // methods are in order of rank
  // The test images are not asked for the training: they said which network, and would flatter twice.
  const chosen = best && chosenRun(best, results);
  if (!best || !leader || !chosen) throw new InputError(`No network of the run in ${shown(run)} finished training.`);
  const { folder, reasons } = await ofJob(join(run, "jobs", best.name, `fold-${chosen.fold}`, `seed-${chosen.seed}`));
  const among = finishedRuns(best).length;
  return {
    folder,
    reasons: [
      ...(leader === best ? [] : [notTheLeader(leader, best, results.rankedBy)]),
      `Of ${count(networks.length, "network")} the best by ${results.rankedBy} on the test images of the run${among > 1 ? `, of its ${among} trainings the best on validation images` : ""}.`,
      ...reasons,
    ],
  };
}

function notTheLeader(leader: MethodResult, best: MethodResult, rankedBy: string): string {
  return leader.kind === "ensemble"
    ? `! The run's best method by ${rankedBy} is ${leader.name}, of several models; this is its best single one, ${best.name}.`
    : `! ${best.name} does not beat the floor ${leader.name} by ${rankedBy}: it has learnt nothing that a simple threshold does not know.`;
}

/** Folders with a model in a folder, by name. */
async function savedIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).sort(); // there is none before the first checkpoint
  return names.map((name) => join(folder, name)).filter((path) => existsSync(join(path, "model.json")));
}

/** Some of the models that lie deeper, for a message. */
async function modelsWithin(folder: string): Promise<string> {
  const all = (await readdir(folder, { recursive: true })).filter((path) => basename(path) === "model.json").sort();
  if (all.length === 0) return "";
  const some = all.slice(0, 3).map((path) => shown(join(folder, dirname(path))));
  return ` Inside it ${all.length === 1 ? "is a model" : `are ${all.length} models`}: ${some.join(", ")}${all.length > 3 ? ", …" : ""}.`;
}

/** A JSON file of a run; undefined where there is none. */
async function readJsonFile<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T; // written by a run, whose files are whole or not there
  } catch {
    throw new InputError(`${shown(file)} is not valid JSON. Copy it again.`);
  }
}
