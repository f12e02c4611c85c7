import type { Network } from "@em-stellar/core/training";
import { emNetV2_4x } from "@em-stellar/nets-emnet";
import { unetBn } from "@em-stellar/nets-unet";

/** A network to measure. */
export interface MeasuredNetwork {
  /** Filters of its first level, as its authors have it. */
  readonly base: number;
  /** Images of 512² in a batch. */
  readonly batch: number;
  /** Without dropout, whose random numbers differ from library to library. */
  create(options: { baseFilters: number; head: "faithful" | "stable" }): Network;
}

/** The networks that are measured, by id. */
export const networks = {
  "unet-bn": { base: 64, batch: 4, create: (options) => unetBn({ ...options, dropout: null }) },
  "em-net-v2-4x": { base: 32, batch: 4, create: (options) => emNetV2_4x({ ...options, dropout: null }) },
} as const satisfies Record<string, MeasuredNetwork>;

export type NetworkId = keyof typeof networks;
