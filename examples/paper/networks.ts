import {
  cdeep3m,
  emNetV1_2x,
  emNetV1_4x,
  emNetV1Bn,
  emNetV1Bn2x,
  emNetV2,
  emNetV2_2x,
  emNetV2_4x,
  preluNet,
  resnet,
  segnetEmnet,
  unet,
  unetBn,
  vgg16Unet,
} from "em-stellar";
import { at } from "./size.js";

/** Narrow networks that learn within a few hundred steps; half the paper's width; the paper's networks as they are. */
const common = at({
  quick: { dropout: null, batchNormMomentum: 0.9 },
  half: { batchNormMomentum: 0.99 },
  paper: {},
});
/** All but ResNet and SegNet end in two filters, which may die before they have learnt anything; "stable" has no such end. */
const withHead = { ...common, ...at({ quick: { head: "stable" as const }, half: {}, paper: {} }) };
/** `width(64)`: the filters of a first block that has 64 in the paper. */
const width = (paper: number) => ({ baseFilters: at({ quick: Math.max(4, paper / 8), half: paper / 2, paper }) });

/** U-net BN, which the paper recommends for large data sets. */
export const normalisedUnet = unetBn({ ...withHead, ...width(64) });
/** EM-net V1 2X, which the paper recommends for small data sets. */
export const smallEmNet = emNetV1_2x({ ...withHead, ...width(16) });
/** EM-net V2 4X, which the paper recommends for large data sets. */
export const largeEmNet = emNetV2_4x({ ...withHead, ...width(32) });

/** The twelve networks of the paper's table 2. */
export const networksOfTable2 = [
  cdeep3m({ ...withHead, ...width(32) }),
  vgg16Unet({ ...withHead, ...width(64) }),
  segnetEmnet({ ...common, ...width(32) }),
  resnet({ ...common, ...width(16) }),
  // V1 4X is V1 2X with twice the filters: with no fewer than four in each they would be one network.
  emNetV1_4x({ ...withHead, ...at({ quick: { baseFilters: 8 }, half: width(32), paper: width(32) }) }),
  smallEmNet,
  emNetV1Bn({ ...withHead, ...width(16) }),
  emNetV1Bn2x({ ...withHead, ...width(16) }),
  emNetV2({ ...withHead, ...width(16) }),
  emNetV2_2x({ ...withHead, ...width(16) }),
  largeEmNet,
  normalisedUnet,
];

/** The fourteen networks of table 1. The paper speaks of thirteen: it counts the U-net with and without batch normalisation once. */
export const networksOfTable1 = [
  ...networksOfTable2,
  unet({ ...at({ quick: { head: "stable", dropout: null }, half: {}, paper: {} }), ...width(64) }),
  preluNet({ ...withHead, ...width(64) }),
];

/** The networks that losses, optimizers and batch sizes are compared with. */
export const chosenNetworks = at({
  quick: [normalisedUnet],
  half: [normalisedUnet, smallEmNet],
  paper: [normalisedUnet, smallEmNet, largeEmNet],
});
