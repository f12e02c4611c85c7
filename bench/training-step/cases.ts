import type { Network } from "@em-stellar/core/training";
import { emNetV1Bn2x } from "@em-stellar/nets-emnet";
import { preluNet, unetBn } from "@em-stellar/nets-unet";

export interface Case {
  readonly name: string;
  readonly network: () => Network;
  readonly side: number;
  readonly batch: number;
}

/**
 * One image of 256² pixels, small networks: what a laptop trains. The authors' head may be dead from the start, and then all
 * gradients are zero; the stable one is not.
 */
export const cases: readonly Case[] = [
  {
    name: "prelu-net, base 16",
    network: () => preluNet({ baseFilters: 16, dropout: null, head: "stable" }),
    side: 256,
    batch: 1,
  },
  {
    name: "unet-bn, base 16",
    network: () => unetBn({ baseFilters: 16, dropout: null, head: "stable" }),
    side: 256,
    batch: 1,
  },
  {
    name: "em-net-v1-bn-2x, base 8",
    network: () => emNetV1Bn2x({ baseFilters: 8, head: "stable" }),
    side: 256,
    batch: 1,
  },
];
