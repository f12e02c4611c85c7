import { definePlugin } from "@em-stellar/core";
import { adaptedRandError } from "./adapted-rand-error.js";
import { averageSurfaceDistance } from "./average-surface-distance.js";
import { balancedAccuracy } from "./balanced-accuracy.js";
import { boundaryF1 } from "./boundary-f1.js";
import { hausdorff95 } from "./hausdorff-95.js";
import { mcc } from "./mcc.js";
import { ap50, ap75, objectF1 } from "./object-metrics.js";
import { pixelError } from "./pixel-error.js";
import { accuracy, dice, f1, jaccard, npv, ppv, sensitivity, specificity } from "./pixel-metrics.js";
import { aucRoc, averagePrecision } from "./ranking-metrics.js";
import { vInfo, vRand } from "./split-merge-scores.js";
import { voiMerge, voiSplit } from "./variation-of-information.js";
import { volumeError } from "./volume-error.js";

/** Every metric of this package. */
export const plugin = definePlugin({
  name: "@em-stellar/metrics",
  version: "0.1.0",
  components: [
    f1,
    accuracy,
    sensitivity,
    specificity,
    ppv,
    npv,
    jaccard,
    vRand,
    vInfo,
    aucRoc,
    averagePrecision,
    dice,
    pixelError,
    mcc,
    balancedAccuracy,
    volumeError,
    boundaryF1,
    hausdorff95,
    averageSurfaceDistance,
    ap50,
    ap75,
    objectF1,
    adaptedRandError,
    voiSplit,
    voiMerge,
  ],
});
