import { defineNetwork } from "@em-stellar/core/training";
import { buildEmNet } from "./build.js";
import { checksOf, defaultsOf, type EmNetOptions } from "./options.js";
import { type EmNetPlan, plans } from "./plans.js";
import { Tlu } from "./tlu-layer.js";

function defineEmNet<const Id extends string>(id: Id, summary: string, plan: EmNetPlan) {
  return defineNetwork({
    id,
    summary,
    citation:
      "Khadangi A. et al., EM-net: deep learning for electron microscopy image segmentation, bioRxiv 2020.02.03.933127",
    defaults: defaultsOf(plan),
    layers: [Tlu],
    check: checksOf(plan),
    stride: () => 16,
    build: (options: EmNetOptions, shape, seed) => buildEmNet(id, plan, options, shape, seed),
  });
}

/** The encoder of trainable linear units without normalisation; both units of a stage are pooled, the second skips. */
export const emNetV1_2x = defineEmNet("em-net-v1-2x", "EM-net V1 2X: TLU encoder", plans.v1_2x);

/** The same at twice the width. */
export const emNetV1_4x = defineEmNet("em-net-v1-4x", "EM-net V1 4X: TLU encoder, twice as wide", plans.v1_4x);

/** With batch normalisation before every TLU. */
export const emNetV1Bn = defineEmNet("em-net-v1-bn", "EM-net V1 BN: normalised TLU encoder", plans.v1Bn);

/** With batch normalisation, and four units to a stage in place of two. */
export const emNetV1Bn2x = defineEmNet(
  "em-net-v1-bn-2x",
  "EM-net V1 BN 2X: normalised TLU encoder, four units to a stage",
  plans.v1Bn2x,
);

/** Only the second unit of a stage is pooled; the bottleneck has normalised units beside plain ones. */
export const emNetV2 = defineEmNet("em-net-v2", "EM-net V2: TLU encoder of narrowing units", plans.v2);

/** The same with second units of twice the width. */
export const emNetV2_2x = defineEmNet(
  "em-net-v2-2x",
  "EM-net V2 2X: TLU encoder of narrowing units, the second twice as wide",
  plans.v2_2x,
);

/** One densely connected unit to a stage, each with dropout, and a wide bottleneck with plain ReLUs. */
export const emNetV2_4x = defineEmNet("em-net-v2-4x", "EM-net V2 4X: densely connected TLU encoder", plans.v2_4x);
