import { InputError, type ProbabilityMap, type RunResult } from "@em-stellar/core";
import { readProbabilityPng } from "@em-stellar/data";
import type { OpenRun } from "./open-run.js";

/** A map that a job has left, of a test or of a validation image, with the threshold of its model. Throws `InputError`. */
export async function readStoredMap(
  { store }: Pick<OpenRun, "store">,
  run: RunResult,
  of: "predictions" | "validationPredictions",
  image: string,
): Promise<ProbabilityMap> {
  const folder = run[of];
  if (folder === undefined) {
    throw new InputError(
      `${store.location} holds no predictions of validation images: a version before it made this run. Start it afresh to have them.`,
    );
  }
  const path = `${folder}/${image}.png`;
  const file = await store.read(path);
  if (!file) throw new InputError(`${store.location} lacks ${path}. Run the suite again to make it.`);
  return { ...readProbabilityPng(file, path), threshold: run.threshold };
}

/** Training images that are validated on in some fold, as places among all training images. */
export function validationPlaces({ folds }: Pick<OpenRun, "folds">): number[] {
  return [...new Set(folds.flatMap(({ validation }) => validation))].sort((a, b) => a - b);
}

/** Whether a training was validated on an image, so that it has not learnt from it. */
export function isValidatedOn({ folds }: Pick<OpenRun, "folds">, { fold }: RunResult, place: number): boolean {
  return folds[fold]?.validation.includes(place) ?? false;
}
