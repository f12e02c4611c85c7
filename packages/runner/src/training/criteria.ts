import { type HistoryPoint, isBetter, type Metric, type RunStore, readSealed, writeSealed } from "@em-stellar/core";
import { modelFiles } from "../prediction/open-model.js";
import { goalOfCriterion, pathName } from "../suite-metrics.js";
import type { TrainingOptions } from "../training-options.js";
import type { Best, JobState } from "./job-state.js";

/** What a choice of criteria depends on. */
interface Choosing {
  readonly metrics: readonly Metric[];
}

/**
 * The best weights by each criterion, of those that a training has kept so far by its criteria of then: a criterion that
 * comes later has them where another one chose the same step. Undefined where weights are missing that a criterion would have
 * chosen, or where nobody knows which.
 */
export function keptFor(
  { best, history }: Pick<JobState, "best" | "history">,
  suite: Choosing,
  { checkpoints }: Pick<TrainingOptions, "checkpoints">,
): Record<string, Best & { readonly keptBy: string }> | undefined {
  const kept: Record<string, Best & { keptBy: string }> = {};
  for (const criterion of checkpoints) {
    const own = best[criterion];
    if (own) {
      kept[criterion] = { ...own, keptBy: criterion };
      continue;
    }
    if (history.some(({ validation }) => validation[criterion] === undefined)) return undefined; // it was not computed
    const chosen = bestPoint(history, suite, criterion);
    if (!chosen) continue; // never defined
    const [keptBy, same] = Object.entries(best).find(([, { step }]) => step === chosen.step) ?? [];
    if (keptBy === undefined || !same) return undefined;
    kept[criterion] = { ...same, value: chosen.value, keptBy };
  }
  return kept;
}

function bestPoint(history: readonly HistoryPoint[], suite: Choosing, criterion: string) {
  let best: { readonly step: number; readonly value: number } | undefined;
  for (const { step, validation } of history) {
    const value = validation[criterion];
    if (isBetter(goalOfCriterion(suite, criterion), value, best?.value)) best = { step, value: value as number }; // better than nothing, so a number
  }
  return best;
}

/**
 * Copies the checkpoints that a new criterion shares with another. Gives the best by each criterion of now, and the folders that
 * no criterion names any more; undefined where the criteria are those of before.
 */
export async function shareCheckpoints(
  store: RunStore,
  folder: string,
  state: Pick<JobState, "best" | "history">,
  suite: Choosing,
  training: Pick<TrainingOptions, "checkpoints">,
): Promise<{ readonly best: Record<string, Best>; readonly obsolete: readonly string[] } | undefined> {
  const placeOf = (criterion: string) => `${folder}/${pathName(criterion)}`;
  const kept = Object.entries(keptFor(state, suite, training) ?? state.best);
  const dropped = Object.keys(state.best).filter((criterion) => !training.checkpoints.includes(criterion));
  const shared = kept.flatMap(([criterion, best]) =>
    "keptBy" in best && best.keptBy !== criterion ? [{ criterion, ...best, from: placeOf(String(best.keptBy)) }] : [],
  );
  if (shared.length + dropped.length === 0) return undefined;
  for (const { criterion, step, value, from } of shared) {
    const to = placeOf(criterion);
    for (const path of await store.list(from)) {
      const bytes = await store.read(path);
      if (bytes) await store.write(`${to}${path.slice(from.length)}`, bytes);
    }
    const notes = (await readSealed(store, `${to}/${modelFiles.notes}`)) as { training?: object } | undefined; // saveCheckpoint wrote it
    const found = { ...notes?.training, criterion, step, value };
    await writeSealed(store, `${to}/${modelFiles.notes}`, { ...notes, training: found });
  }
  return {
    best: Object.fromEntries(
      kept.map(([criterion, { step, value, threshold }]) => [criterion, { step, value, threshold }]),
    ),
    obsolete: dropped.map(placeOf),
  };
}
