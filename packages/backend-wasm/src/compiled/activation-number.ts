import type { Activation } from "@em-stellar/kernels/backend";

/** As in assembly/activation.ts. */
export const activationNumber: Readonly<Record<Activation, number>> = { linear: 0, relu: 1, prelu: 2, tlu: 3 };
