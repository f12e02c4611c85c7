import { defineAdditiveMetric } from "./additive-metric.js";
import { type ConnectivityOptions, connectivityProblem } from "./connectivity.js";
import { objectOverlaps } from "./object-overlaps.js";

/**
 * Adapted Rand error of objects, 1 − F score of the pixel pairs kept together, as CREMI's code computes it; in [0, 1],
 * lower is better. Objects are the connected components of the masks, nothing is thinned (`v-rand` is), and only pixels
 * inside objects of the truth count: its background is the ignored label 0. With c the pixels shared by a true and a
 * predicted object, t the sizes of true objects, s those of predicted ones inside the truth: AB = Σ c² + z/n,
 * A = Σ t², B = Σ s² + z/n, error = 1 − 2 AB / (A + B), where z pixels of the truth's objects were called background:
 * each is a region of its own, that weighs 1/n with n the pixels of the image (the weight that SNEMI3D's script gave it).
 *
 * scikit-image's `adapted_rand_error` counts the background of the truth as one more object unless it is told
 * `ignore_labels=[0]`, and even then takes all that the prediction called background as one region. CREMI's code, and this
 * metric, do neither.
 *
 * The sums are pooled over all images before they are divided, as if the images were one. Nearly 1 where nothing is
 * predicted, undefined where no truth has an object. `parts()` gives the sums of squares, z (`missed`) and n (`pixels`):
 * precision AB / B falls with merges, recall AB / A with splits. Arganda-Carreras et al. (2015).
 */
export const adaptedRandError = defineAdditiveMetric({
  id: "adapted-rand-error",
  summary: "Adapted Rand error of objects (CREMI), not thinned",
  words: {
    label: "Adapted Rand error",
    meaning: "1 minus the F-score of pairs of pixels kept together or apart as in the truth.",
    family: "regions",
  },
  citation: "Arganda-Carreras et al. (2015), Front. Neuroanat. 9:142",
  defaults: { connectivity: 4 },
  check: connectivityProblem,
  goal: "minimize",
  range: [0, 1],
  parts: ["both", "truth", "prediction", "missed", "pixels"],
  partsOf(pair, { connectivity }: ConnectivityOptions) {
    const { truthSizes, predictionSizes, starts, labels, counts } = pair.derive(objectOverlaps[connectivity]);
    const insideTruth = new Float64Array(predictionSizes.length);
    let [both, truth, prediction, missed, pixels] = [0, 0, 0, 0, truthSizes[0] as number];
    for (let t = 1; t < truthSizes.length; t++) {
      const size = truthSizes[t] as number;
      let shared = 0;
      for (let i = starts[t] as number; i < (starts[t + 1] as number); i++) {
        const [p, count] = [labels[i] as number, counts[i] as number];
        insideTruth[p] = (insideTruth[p] as number) + count;
        shared += count;
        both += count ** 2;
      }
      truth += size ** 2;
      missed += size - shared;
      pixels += size;
    }
    for (let p = 1; p < insideTruth.length; p++) prediction += (insideTruth[p] as number) ** 2;
    return { both, truth, prediction, missed, pixels };
  },
  score({ both, truth, prediction, missed, pixels }) {
    if (truth === 0) return undefined;
    const lone = missed / pixels;
    return 1 - (2 * (both + lone)) / (truth + prediction + lone);
  },
});
