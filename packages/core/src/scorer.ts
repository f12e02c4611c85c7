import type { Comparison } from "./comparison.js";
import { InputError } from "./errors.js";
import type { Metric, MetricAccumulator, MetricParts } from "./metric.js";
import { scoreNames } from "./score-names.js";

/** The scores of one image, by their names (see `scoreNames`). */
export interface ImageScores {
  readonly image: string;
  /** `null` where a metric is not defined on this image. */
  readonly values: Record<string, number | null>;
  /** Of each metric that has `fromParts`. */
  readonly parts?: Record<string, Record<string, number>>;
}

/** Every metric over any number of images, together and one by one; no image is kept. */
export interface Scorer {
  /** Scores one more image. Throws `InputError` where a metric breaks the promise of `fromParts`. */
  add(image: string, comparison: Comparison): void;
  /** `pooled`: over all images so far; `null` where a metric is not defined. */
  result(): { pooled: Record<string, number | null>; perImage: ImageScores[] };
}

/** Scores images as they come. */
export function createScorer(metrics: readonly Metric[]): Scorer {
  const names = scoreNames(metrics);
  const columns = metrics.map((metric, i) => ({ name: names[i] as string, metric, pooled: metric.accumulate() })); // one name for each
  const perImage: ImageScores[] = [];
  return {
    add(image, comparison) {
      const values: Record<string, number | null> = {};
      const parts: Record<string, Record<string, number>> = {};
      for (const { name, metric, pooled } of columns) {
        pooled.add(comparison);
        const alone = metric.accumulate();
        alone.add(comparison);
        values[name] = alone.result() ?? null;
        const quantities = partsOf(metric, alone);
        if (quantities) parts[name] = quantities;
      }
      perImage.push({ image, values, ...(Object.keys(parts).length > 0 && { parts }) });
    },
    result: () => ({
      pooled: Object.fromEntries(columns.map(({ name, pooled }) => [name, pooled.result() ?? null])),
      perImage: [...perImage],
    }),
  };
}

/** What adds up over images, where the metric says that its parts do. */
function partsOf(metric: Metric, accumulator: MetricAccumulator): Record<string, number> | undefined {
  const parts: Partial<MetricParts> | undefined = metric.fromParts && accumulator.parts?.();
  if (!parts) return undefined;
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => {
      if (typeof part === "number" && Number.isFinite(part)) return [name, part];
      throw new InputError(
        `The part "${name}" of metric "${metric.id}" is ${part}, but a metric with fromParts needs a finite number for each image. Give 0 where there is nothing to count, or leave fromParts out.`,
      );
    }),
  );
}
