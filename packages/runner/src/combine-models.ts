import {
  bestFirst,
  finishedRuns,
  type Goal,
  InputError,
  jobPath,
  type MethodResult,
  type Metric,
  probabilities,
  type RunResult,
} from "@em-stellar/core";
import { readProbabilityPng } from "@em-stellar/data";
import { citedRecordOf } from "./method.js";
import { now } from "./now.js";
import type { OpenRun } from "./open-run.js";
import type { EnsembleOptions } from "./suite.js";
import { metricsByName, pathName } from "./suite-metrics.js";
import { scoreTestImages } from "./training/test-images.js";

interface Member {
  readonly method: string;
  readonly run: RunResult;
}

/** Combines the best models, ranked on their validation images, on every test image; undefined where fewer than two models finished. */
export async function combineModels(
  run: OpenRun,
  { combine, top, by }: EnsembleOptions,
  networks: readonly MethodResult[],
): Promise<MethodResult | undefined> {
  const { goal } = metricsByName(run.suite).get(by) as Metric; // defineSuite made sure of it
  const members = rank(by, goal, networks).slice(0, top);
  if (members.length < 2) return undefined;
  const started = now();
  const name = `${combine.id}-top-${top}-by-${pathName(by)}`;
  let threshold = 0.5;
  const combined = async (id: string) => {
    const map = combine.combine(await Promise.all(members.map((member) => readPrediction(run, member, id))));
    threshold = map.threshold ?? 0.5;
    return map;
  };
  const first = run.test[0];
  if (first) await combined(first.id); // the members' thresholds are the same for every image, and so is the combined one
  const tested = await scoreTestImages(run, `ensembles/${name}`, threshold, async ({ id }) =>
    probabilities(await combined(id)),
  );
  const result: RunResult = {
    fold: 0,
    seed: run.suite.seeds[0] as number, // defineSuite refuses an empty list
    state: "done",
    threshold,
    steps: 0,
    seconds: now() - started,
    validation: {},
    history: [],
    members: members.map(({ method, run: { fold, seed } }) => jobPath({ method, fold, seed })),
    ...tested,
  };
  return {
    name,
    kind: "ensemble",
    components: [citedRecordOf(combine, run.registry.origin("ensemble", combine.id))],
    runs: [result],
    pooled: result.pooled,
  };
}

function rank(by: string, goal: Goal, networks: readonly MethodResult[]): Member[] {
  const members = networks.flatMap((method) => finishedRuns(method).map((run) => ({ method: method.name, run })));
  return bestFirst(goal, members, ({ run }) => run.validation[by]);
}

async function readPrediction({ store }: OpenRun, { run }: Member, image: string) {
  const path = `${run.predictions}/${image}.png`;
  const file = await store.read(path);
  if (!file)
    throw new InputError(`${store.location} lacks ${path}, which an ensemble needs. Run the suite again to make it.`);
  return { ...readProbabilityPng(file, path), threshold: run.threshold };
}
