/** A Gaussian of more pixels is wider than any image. */
const widest = 1000;

/** Checks a list of standard deviations in pixels: from 0, which is no blur, or above it, to 1000. */
export function checkSigmas({ above }: { above?: 0 } = {}) {
  return ({ sigmas }: { readonly sigmas: readonly number[] }): string | undefined => {
    const fits = (sigma: number) => (above === undefined ? sigma >= 0 : sigma > above) && sigma <= widest;
    return Array.isArray(sigmas) && sigmas.length > 0 && sigmas.every(fits)
      ? undefined
      : `needs at least one sigma, each ${above === undefined ? "from 0 to" : "above 0, up to"} ${widest} pixels, for "sigmas", but was given ${JSON.stringify(sigmas)}. Try [1, 2, 4].`;
  };
}
