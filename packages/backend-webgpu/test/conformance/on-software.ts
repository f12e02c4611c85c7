/** How cases are checked on a GPU that the processor plays, in Node and in Chromium alike. */
export const webgpuOnSoftware = {
  options: { allowSoftware: true },
  leniency: 10, // the standard asks less of logarithms, powers and sums than a processor gives
};
