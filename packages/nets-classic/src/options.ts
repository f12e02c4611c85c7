/** What all networks of this package take. */
export interface ClassicOptions {
  /** Filters of the first convolutions; all other widths follow in proportion. */
  baseFilters: number;
  /** Share of values dropped at the deepest level, in (0, 1); `null`: no dropout. */
  dropout: number | null;
  /** Whether dropout takes whole channels of an image (spatial dropout) or single values. */
  spatialDropout: boolean;
  /** How slowly the statistics used for prediction follow those of the batches, in [0, 1); 0.99 needs some 500 steps to settle, 0.9 some 50. */
  batchNormMomentum: number;
}

/** For networks whose convolutions may start in one of two ways. */
export interface KernelOptions {
  /** How kernels start. */
  kernelInitializer: "he-normal" | "glorot-uniform";
}

/** For networks with a two-filter convolution before the output. */
export interface HeadOptions {
  /**
   * `"faithful"`: the authors' head, a two-filter convolution with ReLU before the output. Both filters can die (a constant
   * prediction that no longer learns), or lock every pixel to object. `"stable"`: the same head without that one activation.
   */
  head: "faithful" | "stable";
}

export const classicDefaults = { dropout: null, spatialDropout: true, batchNormMomentum: 0.99 } as const;

/** What is wrong with the options, or nothing. */
export function checkClassic(
  { baseFilters, dropout, batchNormMomentum, head }: ClassicOptions & Partial<HeadOptions>,
  authors: number,
): string | undefined {
  if (!(Number.isInteger(baseFilters) && baseFilters > 0)) {
    return `needs a whole number above 0 for "baseFilters", such as 4 or ${authors}, but was given ${baseFilters}.`;
  }
  if (dropout !== null && !(typeof dropout === "number" && dropout > 0 && dropout < 1)) {
    return `needs a "dropout" between 0 and 1, or null for none, but was given ${dropout}.`;
  }
  if (!(batchNormMomentum >= 0 && batchNormMomentum < 1)) {
    return `needs a "batchNormMomentum" from 0 to below 1, such as 0.99, but was given ${batchNormMomentum}.`;
  }
  if (head !== undefined && head !== "faithful" && head !== "stable") {
    return `needs "faithful" or "stable" for "head", but was given ${JSON.stringify(head)}.`;
  }
  return undefined;
}

/** What is wrong with the choice of initialiser, or nothing; `known` are those that the network has. */
export function checkKernel(kernelInitializer: string, known: readonly string[]): string | undefined {
  if (known.includes(kernelInitializer)) return undefined;
  const names = known.map((name) => JSON.stringify(name)).join(" or ");
  return `needs ${names} for "kernelInitializer", but was given ${JSON.stringify(kernelInitializer)}.`;
}

export const kernelInitializers = ["he-normal", "glorot-uniform"] as const;
