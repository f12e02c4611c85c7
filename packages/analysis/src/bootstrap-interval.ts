import { bcaInterval, type IntervalResult } from "./bca-interval.js";
import { bootstrap, type Statistic } from "./bootstrap.js";
import { drawResamples, type ResamplesOptions } from "./resamples.js";

export interface BootstrapIntervalOptions extends ResamplesOptions {
  /** Between 0 and 1: 0.95 for a 95 % interval. */
  level: number;
}

/**
 * The bias-corrected and accelerated (BCa) bootstrap interval of any statistic of `units` independent units: a mean, a
 * median, a score pooled over the pixels of the images drawn. Units are images or groups, never pixels, which are not
 * independent. See {@link bcaInterval} for what it is where the data do not carry one.
 */
export function bootstrapInterval(
  units: number,
  statistic: Statistic,
  { level = 0.95, ...options }: Partial<BootstrapIntervalOptions> = {},
): IntervalResult {
  return bcaInterval(bootstrap(drawResamples(units, options), statistic), level);
}
