import { type Normalization, normalizationOf, normalizationOfMany } from "@em-stellar/data";
import type { NetworkMethod } from "../method.js";
import { type OpenRun, samplesOf } from "../open-run.js";
import type { ValidationSet } from "./validate.js";
import { augmentedImage, type Normalize, normalizedImage } from "./validation-images.js";

/** What a fold is trained and validated on, and the normalisation that its model is trained and used with. */
export async function prepareFold(run: OpenRun, fold: number, { training, images }: NetworkMethod, seed: string) {
  const { suite, samples } = run;
  const { normalization } = training;
  const { train, validation } = samplesOf(run, fold, images);
  const read = async function* () {
    for (const sample of train) yield (await samples.read(sample)).image;
  };
  const shared =
    normalization.scope === "training-set" ? await normalizationOfMany(normalization.method, read) : undefined;
  const known = new Map<string, Normalization>();
  const normalize: Normalize = ({ id, image }) => {
    const its = shared ?? known.get(id) ?? normalizationOf(normalization.method, [image]);
    known.set(id, its);
    return its;
  };
  const { augmentation } = suite;
  const validationSet: ValidationSet = {
    samples: validation,
    read: async (planned) => {
      const sample = await samples.read(planned);
      return augmentation?.validation
        ? augmentedImage(sample, normalize, augmentation, seed)
        : normalizedImage(sample, normalize);
    },
  };
  return { train, validation: validationSet, normalize, normalization: { ...normalization, ...shared } };
}
