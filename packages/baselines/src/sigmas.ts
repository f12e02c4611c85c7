/** Checks a list of standard deviations in pixels: from 0, which is no blur, or above it. */
export function checkSigmas({ above }: { above?: 0 } = {}) {
  return ({ sigmas }: { readonly sigmas: readonly number[] }): string | undefined => {
    const fits = (sigma: number) => Number.isFinite(sigma) && (above === undefined ? sigma >= 0 : sigma > above);
    return Array.isArray(sigmas) && sigmas.length > 0 && sigmas.every(fits)
      ? undefined
      : `needs at least one sigma, each ${above === undefined ? "0 or more" : "above 0"} pixels, for "sigmas", but was given ${JSON.stringify(sigmas)}. Try [1, 2, 4].`;
  };
}
