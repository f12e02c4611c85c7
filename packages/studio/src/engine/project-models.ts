import {
  bestFirst,
  chosenNetwork,
  finishedRuns,
  goalOf,
  InputError,
  jobPath,
  makeAgain,
  type Results,
  type RunStore,
  rankMethods,
  readJson,
  readSealed,
  resultsSchema,
} from "@em-stellar/core";
import type { ModelChoice } from "./requests/segment.js";

/** The models and ensembles of a finished benchmark, the one to take first; none before it has finished. */
export async function modelsOfRun(store: RunStore, run: string): Promise<ModelChoice[]> {
  const results = await readResults(store);
  if (!results) return [];
  const best = chosenNetwork(results);
  const ofNetworks = rankMethods(results).flatMap(({ method }): ModelChoice[] => {
    if (method.kind === "baseline") return [];
    const runs = bestFirst(goalOf(results, results.rankedBy), finishedRuns(method), ({ validation }) => {
      return validation[results.rankedBy];
    });
    return runs.map((each) => {
      const { fold, seed, members } = each;
      const trainings = new Set(method.runs.map((other) => other.seed)).size > 1 ? `, seed ${seed}` : "";
      return {
        run,
        method: method.name,
        jobs: members ?? [jobPath({ method: method.name, fold, seed })],
        label: members ? `${method.name} (${members.length} models)` : `${method.name}, fold ${fold + 1}${trainings}`,
        isBest: best?.method.name === method.name && best.run.fold === fold && best.run.seed === seed,
      };
    });
  });
  return ofNetworks.sort((a, b) => Number(b.isBest) - Number(a.isBest));
}

/** The folder of the checkpoint that a job's test images were predicted with. Throws `InputError` where there is none. */
export async function checkpointOf(store: RunStore, job: string): Promise<string> {
  const results = await readResults(store);
  const done = results?.methods
    .flatMap(({ name, runs }) => runs.map((run) => ({ run, job: jobPath({ method: name, ...run }) })))
    .find((each) => each.job === job && each.run.members === undefined);
  const folder = `jobs/${job}/checkpoints`;
  const found = (await store.list(folder))
    .filter((path) => path.endsWith("/model.json"))
    .map((path) => path.slice(0, -"/model.json".length));
  for (const path of found) {
    const notes = (await readJson(store, `${path}/segmentation.json`)) as
      | { training?: { criterion?: unknown } }
      | undefined;
    if (notes?.training?.criterion === done?.run.checkpoint?.criterion) return path;
  }
  const [first] = found;
  if (first === undefined) throw new InputError(`${job} has no model yet. Train it to its first validation.`);
  return first;
}

/** How the members of a method are combined: the record of the ensemble. Undefined for a network. */
export async function combinationOf(
  store: RunStore,
  method: string,
): Promise<{ readonly id: string; readonly options: object } | undefined> {
  const found = (await readResults(store))?.methods.find(({ name }) => name === method);
  return found?.kind === "ensemble" ? found.components[0] : undefined;
}

async function readResults(store: RunStore): Promise<Results | undefined> {
  const json = await readSealed(store, "results.json", makeAgain);
  if (json === undefined) return undefined;
  const parsed = resultsSchema.safeParse(json);
  if (!parsed.success) throw new InputError("The results of this benchmark are not in the form of this version.");
  return parsed.data;
}
