import type { PredictionProgress } from "@em-stellar/runner/node";
import { bar, duration } from "./format.js";

/** Live lines, each at most `columns` wide: the image, and all images with rate and time left. */
export function renderPrediction(progress: PredictionProgress, columns: number): string[] {
  const { name, pixels, done, images, imagesInAll, pixelsInAll, doneInAll, seconds } = progress;
  if (images === imagesInAll) return [];
  const labels = [name.length > 32 ? `…${name.slice(-31)}` : name, "Predicting"];
  const labelWidth = Math.max(...labels.map(({ length }) => length));
  const width = Math.min(Math.max(columns - labelWidth - 46, 8), 32);
  const line = (label: string, share: number, details: string[]) => {
    const start = `${label.padEnd(labelWidth)}  ${bar(share, width)}`;
    while (details.length > 0 && [start, ...details].join("   ").length > columns) details.pop();
    return [start, ...details].join("   ").slice(0, columns);
  };
  const rate = seconds > 0 ? doneInAll / seconds : 0;
  const left = rate > 0 ? [`${duration((pixelsInAll - doneInAll) / rate)} left`, pixelRate(rate)] : [];
  return [
    line(labels[0] as string, done / pixels, [`${Math.floor((100 * done) / pixels)} %`]),
    line("Predicting", doneInAll / pixelsInAll, [`${images}/${imagesInAll} images`, ...left]),
  ];
}

/** `1.3 megapixels/s` */
export function pixelRate(pixelsPerSecond: number): string {
  return `${Number((pixelsPerSecond / 1e6).toPrecision(2))} megapixels/s`;
}
