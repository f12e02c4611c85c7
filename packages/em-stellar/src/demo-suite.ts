import { constant, otsu, smoothedThreshold } from "@em-stellar/baselines";
import { phantom } from "@em-stellar/data";
import { average } from "@em-stellar/ensemble";
import { jaccardLog } from "@em-stellar/losses";
import { f1, jaccard, ppv, sensitivity } from "@em-stellar/metrics";
import { preluNet, unet, unetBn } from "@em-stellar/nets-unet";
import { radam } from "@em-stellar/optimizers";
import { defineSuite, type Suite } from "@em-stellar/runner";

/** The three U-shaped networks, narrow, on invented images: minutes on two processor cores. */
export function demoSuite(): Suite {
  const narrow = { baseFilters: 4, depth: 3, dropout: null, head: "stable" } as const;
  return defineSuite({
    name: "demo",
    data: phantom({ trainImages: 12, testImages: 6, contrast: 0.7, noise: 0.04, mitochondria: 10, darkBodies: 3 }),
    networks: [
      unet(narrow),
      unetBn({ ...narrow, batchNormMomentum: 0.9 }),
      preluNet({ ...narrow, batchNormMomentum: 0.9 }),
    ],
    loss: jaccardLog(),
    optimizer: radam({ learningRate: 0.02 }),
    metrics: [jaccard(), f1(), sensitivity(), ppv()],
    folds: 3,
    training: { patch: 64, batchSize: 4, steps: 300, validateEvery: 50, checkpoints: ["jaccard"] },
    augmentation: null,
    ensembles: [{ combine: average(), top: 3, by: "jaccard" }],
    baselines: [constant(), otsu(), smoothedThreshold()],
  });
}
