/** What the script leaves in docs/overfit.json. */
export interface OverfitResult {
  readonly patch: {
    readonly image: string;
    readonly x: number;
    readonly y: number;
    readonly side: number;
    /** Mitochondria. */
    readonly objectShare: number;
    /** The best Jaccard index that a threshold on the grey value reaches. */
    readonly thresholdJaccard: number;
  };
  readonly networks: readonly NetworkRow[];
}

/** One network's attempts. */
export interface NetworkRow {
  readonly id: string;
  /** All of them, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly optimizer: { readonly id: string; readonly options: Readonly<Record<string, unknown>> };
  readonly runs: readonly Run[];
  /** Day of the measurement, 2026-01-31. */
  readonly date: string;
  readonly device: string;
  readonly versions: Readonly<Record<string, string>>;
}

export interface Run {
  readonly seed: number;
  /** When the Jaccard index first was above the wanted one, looked at every tenth step; `null`: not within the steps allowed. */
  readonly steps: number | null;
  /** Of the mitochondria, in inference mode, when the run ended. */
  readonly jaccard: number;
  readonly seconds: number;
}

/** What a network must reach on a patch of this side, from one seed at least. */
export const wanted = { side: 128, jaccard: 0.95, steps: 400, seeds: [1, 2, 3] } as const;
