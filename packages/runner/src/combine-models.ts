import {
  compare,
  createScorer,
  type Ensemble,
  type MethodResult,
  nextTurn,
  type ProbabilityMap,
  probabilities,
  type RunResult,
} from "@em-stellar/core";
import { type ChosenMembers, chooseMembers, jobsOf, type Member } from "./ensemble-members.js";
import { citedRecordOf } from "./method.js";
import { now } from "./now.js";
import type { OpenRun } from "./open-run.js";
import { isValidatedOn, readStoredMap, validationPlaces } from "./stored-maps.js";
import type { EnsembleOptions } from "./suite.js";
import { scoreTestImages } from "./training/test-images.js";

/** Combines models that are chosen on validation images, on every test image; no ensemble of fewer than two models. */
export async function combineModels(
  run: OpenRun,
  options: EnsembleOptions,
  networks: readonly MethodResult[],
): Promise<MethodResult[]> {
  const made: MethodResult[] = [];
  for (const chosen of await chooseMembers(run, options, networks)) made.push(await combined(run, options, chosen));
  return made;
}

async function combined(
  run: OpenRun,
  { combine }: EnsembleOptions,
  { name, members }: ChosenMembers,
): Promise<MethodResult> {
  const started = now();
  const isWeighted = members.some(({ weight }) => weight !== members[0]?.weight);
  // Thresholds of the members are the same for every image, and so is the combined one.
  const { threshold = 0.5 } = combineMaps(
    combine,
    members,
    members.map((member) => ({
      width: 1,
      height: 1,
      data: new Uint8Array(1),
      maximum: 1,
      threshold: member.run.threshold,
    })),
  );
  const tested = await scoreTestImages(run, `ensembles/${name}`, threshold, async ({ id }) => {
    const maps = await Promise.all(members.map((member) => readStoredMap(run, member.run, "predictions", id)));
    return probabilities(combineMaps(combine, members, maps));
  });
  const result: RunResult = {
    fold: 0,
    seed: run.suite.seeds[0] as number, // defineSuite refuses an empty list
    state: "done",
    threshold,
    steps: 0,
    seconds: now() - started,
    validation: await validationScores(run, combine, members),
    history: [],
    members: jobsOf(members),
    ...(isWeighted && { weights: members.map(({ weight }) => weight) }),
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

/** The members' maps of one image, combined by their weights. */
function combineMaps(combine: Ensemble, members: readonly Member[], maps: readonly ProbabilityMap[]): ProbabilityMap {
  const weights = members.map(({ weight }) => weight);
  return combine.combine(maps, weights.some((weight) => weight !== weights[0]) ? weights : undefined);
}

/**
 * Scores over the validation images: each is combined of those members that it was a validation image of, so that none has
 * learnt from it. Images that all members have learnt from are left out. None where members keep no maps of them.
 */
async function validationScores(
  run: OpenRun,
  combine: Ensemble,
  members: readonly Member[],
): Promise<RunResult["validation"]> {
  if (members.some((member) => member.run.validationPredictions === undefined)) return {};
  const scorer = createScorer(run.suite.metrics);
  let scored = 0;
  for (const place of validationPlaces(run)) {
    const own = members.filter((member) => member.weight > 0 && isValidatedOn(run, member.run, place));
    if (own.length === 0) continue;
    const planned = run.train[place] as OpenRun["train"][number]; // splitFolds indexes `train`
    const { truth } = await run.samples.read(planned);
    const maps = await Promise.all(
      own.map((each) => readStoredMap(run, each.run, "validationPredictions", planned.id)),
    );
    scorer.add(planned.id, compare(truth, combineMaps(combine, own, maps)));
    scored++;
    await nextTurn();
  }
  return scored === 0 ? {} : scorer.result().pooled;
}
