/**
 * A group of convolutions; T(f) is a 3 × 3 convolution of f filters and a TLU.
 *
 * - `plain`: a = T(f), b = T(f), c = T(f); concat [a, c].
 * - `normalized`: the same with batch normalisation before each TLU.
 * - `narrowing`: a = T(2f), b = T(f), c = T(2f), d = T(f); concat [b, d].
 * - `dense`: a = T(2f), b = T(f), concat [a, b], d = T(f), concat [a, b, d]; dropout.
 * - `convolution`: one 3 × 3 convolution of f filters with ReLU.
 */
export interface Unit {
  readonly kind: "plain" | "normalized" | "narrowing" | "dense" | "convolution";
  /** Its f, as a multiple of the filters of its stage. */
  readonly width: number;
  /** Whether it reads what its block reads, not the unit before it. */
  readonly startsAnew?: true;
}

/** Units one after another; some of their outputs, joined, are the block's. */
export interface Block {
  readonly units: readonly Unit[];
  /** Which units' outputs leave the block, concatenated in this order. */
  readonly joined: readonly number[];
}

/** One of the authors' networks as numbers: four stages, each ending in a pooling, a bottleneck, and four steps up. */
export interface EmNetPlan {
  /** The authors' filters of the first stage; stages have 1, 2, 4 and 8 times as many. */
  readonly baseFilters: number;
  /** The last unit's output is also what skips to the decoder. */
  readonly stage: Block;
  /** Widths count in filters of the fourth stage. */
  readonly bottleneck: Block;
  /** Filters of a step up, after the up-sampling and after the concatenation, as multiples of its stage's. */
  readonly decoder: { readonly up: number; readonly convolutions: number };
  /** The authors' rate of dropout. */
  readonly dropout: number | null;
  readonly dropoutBeforeBottleneck: boolean;
  readonly dropoutAfterBottleneck: boolean;
}

const plain = (width: number): Unit => ({ kind: "plain", width });
const normalized = (width: number): Unit => ({ kind: "normalized", width });
const narrowing = (width: number): Unit => ({ kind: "narrowing", width });
const anew = (unit: Unit): Unit => ({ ...unit, startsAnew: true });

const v1: EmNetPlan = {
  baseFilters: 16,
  stage: { units: [plain(1), narrowing(1)], joined: [0, 1] },
  bottleneck: { units: [plain(1 / 2), plain(1 / 2), anew(narrowing(1 / 2)), plain(1 / 2)], joined: [1, 3] },
  decoder: { up: 2, convolutions: 2 },
  dropout: 0.5,
  dropoutBeforeBottleneck: true,
  dropoutAfterBottleneck: false,
};
const halves = [normalized(1 / 2), normalized(1 / 2)];
const v2: EmNetPlan = {
  ...v1,
  stage: { units: [narrowing(1), narrowing(1)], joined: [1] },
  bottleneck: {
    units: [normalized(1 / 2), narrowing(1 / 2), anew(narrowing(1 / 2)), normalized(1 / 2)],
    joined: [1, 3],
  },
  dropout: null,
};

/** The seven, as the authors' notebook builds them. "4x" of the first version is twice as wide as its "2x", not deeper. */
export const plans = {
  v1_2x: v1,
  v1_4x: { ...v1, baseFilters: 32, dropoutAfterBottleneck: true },
  v1Bn: {
    ...v1,
    stage: { units: [normalized(1), normalized(1)], joined: [0, 1] },
    bottleneck: { units: [...halves, anew(normalized(1 / 2)), normalized(1 / 2)], joined: [1, 3] },
  },
  v1Bn2x: {
    ...v1,
    stage: { units: [normalized(1), normalized(1 / 2), normalized(1), normalized(1 / 2)], joined: [1, 3] },
    bottleneck: { units: [normalized(1), normalized(1), normalized(1), normalized(1)], joined: [1, 3] },
    dropout: null,
  },
  v2,
  v2_2x: {
    ...v2,
    stage: { units: [narrowing(1), narrowing(2)], joined: [1] },
    bottleneck: {
      units: [normalized(1 / 2), narrowing(1), anew(narrowing(1 / 2)), normalized(1)],
      joined: [1, 3],
    },
  },
  v2_4x: {
    baseFilters: 32,
    stage: { units: [{ kind: "dense", width: 1 }], joined: [0] },
    bottleneck: {
      units: [
        { kind: "convolution", width: 4 },
        { kind: "convolution", width: 4 },
      ],
      joined: [1],
    },
    decoder: { up: 2, convolutions: 1 },
    dropout: 0.5,
    dropoutBeforeBottleneck: false,
    dropoutAfterBottleneck: true,
  },
} as const satisfies Record<string, EmNetPlan>;
