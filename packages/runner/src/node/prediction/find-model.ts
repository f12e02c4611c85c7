import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  type ChosenNetwork,
  chosenNetwork,
  finishedRuns,
  InputError,
  type MethodResult,
  makeAgain,
  type Results,
  rankMethods,
  readSealed,
  resultsSchema,
  unbeatenFloor,
} from "@em-stellar/core";
import { shown } from "@em-stellar/data/node";
import * as z from "zod";
import { count } from "../../count.js";
import { folderReader } from "../folder-store.js";
import { isEnsemble } from "./ensemble-folder.js";

/** A checkpoint, and why it is this one. */
export interface FoundModel {
  /** Its folder, absolute. */
  readonly folder: string;
  /** How it was chosen among several, in sentences; none where it was named. */
  readonly reasons: readonly string[];
}

/**
 * The checkpoint that a path names: its folder or its model.json; of a job the one that its test images were predicted with;
 * of a finished run that of the network that is best on validation images, and of its trainings likewise. Throws
 * `InputError`.
 */
export async function findModel(path: string): Promise<FoundModel> {
  const place = resolve(path);
  const info = await stat(place).catch(() => undefined);
  if (!info) throw new InputError(`There is no ${shown(place)}. Name the folder of a checkpoint, a job or a run.`);
  if (!info.isDirectory()) {
    if (basename(place) === "model.json") return { folder: dirname(place), reasons: [] };
    throw new InputError(`${shown(place)} is not a model. Name the folder of a checkpoint, a job or a run.`);
  }
  if (isEnsemble(place)) return { folder: place, reasons: [] };
  if (existsSync(join(place, "model.json"))) return { folder: place, reasons: [] };
  if (existsSync(join(place, "checkpoints"))) return ofJob(place);
  if (["suite.json", "plan.json"].some((name) => existsSync(join(place, name)))) return ofRun(place);
  throw new InputError(
    `${shown(place)} is neither a model (there is no model.json in it) nor a job (no checkpoints) nor a run (no suite.json or plan.json).${await modelsWithin(place)}`,
  );
}

/** The checkpoint that a job's test images were predicted with, or the best of those so far. Throws `InputError`. */
export async function ofJob(job: string): Promise<FoundModel> {
  const folders = await savedIn(join(job, "checkpoints"));
  if (folders.length === 0) {
    throw new InputError(`${shown(job)} has no checkpoint yet. Run its suite to the first validation.`);
  }
  const metrics = jobMetrics.safeParse(await readJsonFile(join(job, "metrics.json"))).data;
  const description = jobDescription.safeParse(await readJsonFile(join(job, "job.json"))).data;
  const wanted = [metrics?.result.checkpoint?.criterion, ...(description?.training.checkpoints ?? [])];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const notes = trainedBy.safeParse(await readJsonFile(join(folder, "segmentation.json"))).data;
      return { folder, criterion: notes?.training.criterion ?? basename(folder) };
    }),
  );
  const order = wanted.flatMap((criterion) => found.filter((each) => each.criterion === criterion));
  const { folder, criterion } = order[0] ?? (found[0] as (typeof found)[number]); // there is one at least
  const isDone = metrics?.result.state === "done";
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

/** The results of a finished run. Throws `InputError`. */
export async function resultsOf(run: string): Promise<Results> {
  const json = await readJsonFile(join(run, "results.json"));
  if (json === undefined) {
    throw new InputError(
      `The run in ${shown(run)} has not finished. Finish it with the command that started it, or name one of its jobs.${await modelsWithin(run)}`,
    );
  }
  const parsed = resultsSchema.safeParse(json);
  if (!parsed.success)
    throw new InputError(`${shown(join(run, "results.json"))} does not have the format of this version.`);
  return parsed.data;
}

/** The folder of a method's job; throws `InputError` for a name that is none. */
export function jobFolderOf(run: string, name: string, { fold, seed }: { fold: number; seed: number }): string {
  if (/[\\/]|^\.+$/.test(name)) {
    throw new InputError(
      `${shown(join(run, "results.json"))} names a network ${JSON.stringify(name)}, which is not a folder of the run.`,
    );
  }
  return join(run, "jobs", name, `fold-${fold}`, `seed-${seed}`);
}

async function ofRun(run: string): Promise<FoundModel> {
  const results = await resultsOf(run);
  const chosen = chosenNetwork(results);
  if (!chosen) throw new InputError(`No network of the run in ${shown(run)} finished training.`);
  const { folder, reasons } = await ofJob(jobFolderOf(run, chosen.method.sameAs ?? chosen.method.name, chosen.run));
  return {
    folder,
    reasons: [
      reasonOfChoice(chosen, results.rankedBy),
      ...whyTraining(chosen, results),
      ...reasons,
      ...wordOfTheTest(chosen, results), // last, because it may warn
    ],
  };
}

/** By what the network was chosen, in a sentence. */
function reasonOfChoice({ method, by, score, among }: ChosenNetwork<MethodResult>, rankedBy: string): string {
  if (among === 1) return `${method.name}: the only network of the run that finished.`;
  if (!score) return `! ${method.name}: the first of ${among} networks. None has a score by ${rankedBy}.`;
  if (by === "test") {
    return `! ${method.name}: best mean ${rankedBy} of ${among} networks on the test images, ${digits(score.mean)}, because none has one on validation images. Its score on those test images is too good: score it on others.`;
  }
  const folds = new Set(finishedRuns(method).map(({ fold }) => fold)).size;
  const mean = score.values.length > 1 ? "mean " : "";
  return `${method.name}: best ${mean}validation ${rankedBy} of ${among} networks over ${count(folds, "fold")}, ${digits(score.mean)}.`;
}

/** What the test images say of the choice, in sentences. */
function wordOfTheTest({ method, by }: ChosenNetwork<MethodResult>, results: Results): string[] {
  const { rankedBy } = results;
  const ranked = rankMethods(results);
  const [leader] = ranked;
  const own = ranked.find((entry) => entry.method === method)?.score;
  const floor = unbeatenFloor(results, method);
  const sentences: string[] = [];
  if (leader?.method.kind === "ensemble") {
    sentences.push(
      `! The run's best method by ${rankedBy} is ${leader.method.name}, of several models; this is one model, ${method.name}.`,
    );
  } else if (by === "validation" && leader?.score && leader.method !== method) {
    const scores = own ? `${digits(leader.score.mean)} against ${digits(own.mean)}` : digits(leader.score.mean);
    sentences.push(
      `${leader.method.name} is better on the test images (${scores}). Test images take no part in the choice, so their scores stay unbiased.`,
    );
  }
  if (floor) {
    sentences.push(
      `! ${method.name} does not beat the floor ${floor.method.name} by ${rankedBy}: on ${count(results.data.test, "test image")}, nothing shows that it has learnt more than this simpler method.`,
    );
  }
  return sentences;
}

/** Why it is this training of the network; no sentences where there is one only. */
function whyTraining({ method, run }: ChosenNetwork<MethodResult>, { rankedBy }: Results): string[] {
  const among = finishedRuns(method).length;
  if (among === 1) return [];
  const value = run.validation[rankedBy];
  return typeof value === "number"
    ? [`Of its ${among} trainings, the one with the best validation ${rankedBy}, ${digits(value)}.`]
    : [`! Of its ${among} trainings, the first: none has a validation score by ${rankedBy}.`];
}

function digits(value: number): string {
  return value.toFixed(3);
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

/** A JSON file of a run; undefined where there is none. Throws `InputError`. */
function readJsonFile(file: string): Promise<object | undefined> {
  return readSealed(folderReader(dirname(file)), basename(file), makeAgain);
}

// Of files that a run left, what is needed to choose; what is of another form says nothing.
const jobMetrics = z.object({
  result: z.object({ state: z.string(), checkpoint: z.object({ criterion: z.string() }).optional() }),
});
const jobDescription = z.object({ training: z.object({ checkpoints: z.array(z.string()) }) });
const trainedBy = z.object({ training: z.object({ criterion: z.string() }) });
