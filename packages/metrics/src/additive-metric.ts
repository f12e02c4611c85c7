import { type Comparison, defineMetric, type Factory, type Metric, type MetricDefinition } from "@em-stellar/core";

interface AdditiveMetricDefinition<
  Id extends string,
  Part extends string,
  Defaults extends object,
  Options extends object,
> extends Omit<MetricDefinition<Id, Defaults, Options>, "accumulate" | "fromParts"> {
  /** The names of what adds up over images. */
  readonly parts: readonly Part[];
  /** What one image adds: a finite number for each part, 0 where there is nothing to count. */
  readonly partsOf: (pair: Comparison, options: Options) => Readonly<Record<Part, number>>;
  /** The score of all images from the sums of their parts; undefined where it is not defined. */
  readonly score: (sums: Readonly<Record<Part, number>>, options: Options) => number | undefined;
}

/** Declares a metric of quantities that add up over images and are scored at the end. */
export function defineAdditiveMetric<
  const Id extends string,
  Part extends string,
  Defaults extends object,
  Options extends object = Defaults,
>({
  parts,
  partsOf,
  score,
  ...definition
}: AdditiveMetricDefinition<Id, Part, Defaults, Options>): Factory<Metric<Id>, Options> {
  const record = (of: (part: Part) => number) =>
    Object.fromEntries(parts.map((part) => [part, of(part)])) as Record<Part, number>; // all parts and no others
  return defineMetric<Id, Defaults, Options>({
    ...definition,
    fromParts: (sums, options) =>
      score(
        record((part) => sums[part] ?? 0),
        options,
      ),
    accumulate(options) {
      const sums = record(() => 0);
      return {
        add(pair) {
          const image = partsOf(pair, options);
          for (const part of parts) sums[part] += image[part];
        },
        result: () => score(sums, options),
        parts: () => ({ ...sums }),
      };
    },
  });
}

/** The quotient, or undefined where the divisor is 0. */
export function ratio(numerator: number, denominator: number): number | undefined {
  return denominator === 0 ? undefined : numerator / denominator;
}
