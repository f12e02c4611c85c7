import type { FeaturesProgress } from "@em-stellar/runner/node";
import { bar, duration } from "./format.js";

/** One live line, at most `columns` wide: a bar over all models, with the rate and the time left. */
export function renderFeatures(progress: FeaturesProgress, columns: number): string[] {
  const { model, image, images, done, total, seconds } = progress;
  if (done >= total) return [];
  const label = model.slice(0, 32);
  const width = Math.min(Math.max(columns - label.length - 56, 8), 32);
  const rate = seconds > 0 ? done / seconds : 0;
  const details = [
    `image ${image}/${images}`,
    ...(rate > 0 ? [`${duration((total - done) / rate)} left`, `${(rate / 1e9).toPrecision(2)} GMAC/s`] : []),
  ];
  const start = `${label}  ${bar(done / total, width)}  ${String(Math.floor((100 * done) / total)).padStart(2)} %`;
  while (details.length > 0 && [start, ...details].join("   ").length > columns) details.pop();
  return [[start, ...details].join("   ").slice(0, columns)];
}
