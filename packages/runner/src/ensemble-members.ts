import {
  bestFirst,
  compare,
  compareScores,
  finishedRuns,
  type Goal,
  isBetter,
  jobPath,
  type MethodResult,
  type Metric,
  nextTurn,
  type RunResult,
} from "@em-stellar/core";
import type { OpenRun } from "./open-run.js";
import { isValidatedOn, readStoredMap, validationPlaces } from "./stored-maps.js";
import type { EnsembleOptions } from "./suite.js";
import { metricsByName, pathName } from "./suite-metrics.js";

/** A trained model in an ensemble. */
export interface Member {
  readonly method: string;
  readonly run: RunResult;
  /** What it counts. */
  readonly weight: number;
}

/** What an ensemble is called, and which models it is made of. */
export interface ChosenMembers {
  readonly name: string;
  readonly members: readonly Member[];
}

/** Chooses the members of an ensemble by validation images alone; no ensemble of fewer than two models. */
export async function chooseMembers(
  run: OpenRun,
  options: EnsembleOptions,
  networks: readonly MethodResult[],
): Promise<ChosenMembers[]> {
  const { combine, top, by, select, weights } = options;
  const { goal } = metricsByName(run.suite).get(by) as Metric; // defineSuite made sure of it
  const weighed = (members: readonly Member[]) =>
    weights === "equal" ? members : members.map((each) => ({ ...each, weight: each.run.validation[by] ?? 0 }));
  const suffix = weights === "score" ? "-weighted" : "";
  const choices = {
    best: async () => [
      {
        name: `${combine.id}-top-${top}-by-${pathName(by)}${suffix}`,
        members: weighed(
          bestFirst(goal, networks.flatMap(modelsOf), (member) => member.run.validation[by]).slice(0, top),
        ),
      },
    ],
    folds: async () =>
      bestFirst(goal, networks, (method) => meanOf(finishedRuns(method).map(({ validation }) => validation[by])))
        .slice(0, top)
        .map((method) => ({
          name: `${combine.id}-folds-of-${method.name}${suffix}`,
          members: weighed(modelsOf(method)),
        })),
    greedy: async () => [
      {
        name: `${combine.id}-greedy-${top}-by-${pathName(by)}`,
        members: await pickGreedily(run, options, goal, networks),
      },
    ],
  };
  return (await choices[select]()).filter(({ members }) => members.length >= 2);
}

function modelsOf(method: MethodResult): Member[] {
  return finishedRuns(method).map((run) => ({ method: method.name, run, weight: 1 }));
}

function meanOf(values: readonly (number | null | undefined)[]): number | undefined {
  const defined = values.filter((value) => typeof value === "number");
  return defined.length === 0 ? undefined : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/**
 * Ensemble selection (Caruana et al., 2004, doi:10.1145/1015330.1015432): the network that is best by the pooled score on the
 * validation images of all folds, then again and again the one that raises the score of all taken so far the most, until none
 * does. A network counts with the models of all folds; on a validation image, with those of the fold it belongs to. Networks with
 * an unfinished fold take no part.
 */
async function pickGreedily(
  run: OpenRun,
  { combine, top, by }: EnsembleOptions,
  goal: Goal,
  networks: readonly MethodResult[],
): Promise<Member[]> {
  const metric = metricsByName(run.suite).get(by) as Metric; // defineSuite made sure of it
  const complete = networks.filter((method) =>
    run.folds.every((_, fold) => finishedRuns(method).some((each) => each.fold === fold)),
  );
  const taken = complete.map(() => 0);
  let best: number | undefined;
  for (let pick = 0; pick < top; pick++) {
    const scores = complete.map(() => metric.accumulate());
    for (const place of validationPlaces(run)) {
      const planned = run.train[place] as OpenRun["train"][number]; // splitFolds indexes `train`
      const { truth } = await run.samples.read(planned);
      const maps = await Promise.all(
        complete.map((method) =>
          Promise.all(
            finishedRuns(method)
              .filter((each) => isValidatedOn(run, each, place))
              .map((each) => readStoredMap(run, each, "validationPredictions", planned.id)),
          ),
        ),
      );
      for (const [candidate, score] of scores.entries()) {
        const counted = maps.flatMap((ofMethod, m) => {
          const count = (taken[m] as number) + (m === candidate ? 1 : 0); // one count for each
          return count === 0 ? [] : ofMethod.map((map) => ({ map, weight: count / ofMethod.length }));
        });
        const combined = combine.combine(
          counted.map(({ map }) => map),
          counted.map(({ weight }) => weight),
        );
        score.add(compare(truth, combined));
      }
      await nextTurn();
    }
    const results = scores.map((score) => score.result());
    const [winner] = complete.map((_, m) => m).sort((a, b) => compareScores(goal, results[a], results[b]));
    if (winner === undefined || !isBetter(goal, results[winner], best)) break;
    best = results[winner];
    taken[winner] = (taken[winner] as number) + 1;
  }
  return complete.flatMap((method, m) =>
    taken[m] === 0 ? [] : modelsOf(method).map((member) => ({ ...member, weight: taken[m] as number })),
  );
}

/** The jobs of members, as results name them. */
export function jobsOf(members: readonly Member[]): string[] {
  return members.map(({ method, run: { fold, seed } }) => jobPath({ method, fold, seed }));
}
