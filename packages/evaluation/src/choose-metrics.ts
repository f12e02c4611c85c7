import { type AnyFactory, type AnyRegistry, InputError, type Metric, scoreNames } from "@em-stellar/core";

/** Which class the F1 score and its kin take as positive; `both` gives each of them twice. */
export type Positive = "object" | "background" | "both";

/** A metric as plain data, which a worker makes again from its registry. */
export interface ChosenMetric {
  /** The key of its scores. */
  readonly name: string;
  readonly id: string;
  readonly options: object;
}

/**
 * The metrics of the ids given, or where none is all of the registry, those of the paper first. With `background`, those
 * that name a positive class take the background, except Jaccard, as in the paper's table 1; with `both` they are there
 * twice. Throws `NoSuchComponentError` or `InputError` for an id that is unknown or listed twice.
 */
export function chooseMetrics(
  ids: readonly string[] | null,
  positive: Positive,
  registry: AnyRegistry,
): ChosenMetric[] {
  const twice = ids?.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new InputError(`\`metrics\` names "${twice}" twice.`);
  const factories = ids
    ? ids.map((id): AnyFactory<Metric> => registry.lookup("metric", id))
    : paperFirst(registry.list("metric"));
  const ofObject = (factory: AnyFactory<Metric>) => factory();
  const ofBackground = (factory: AnyFactory<Metric>) => factory({ positive: "background" });
  const hasChoice = (factory: AnyFactory<Metric>) => {
    const { choosesPositive, paper } = factory().words;
    return choosesPositive && paper?.positive !== "object";
  };
  const metrics = [
    ...factories.map((factory) =>
      positive === "background" && hasChoice(factory) ? ofBackground(factory) : ofObject(factory),
    ),
    ...(positive === "both" ? factories.filter(hasChoice).map(ofBackground) : []),
  ];
  const names = scoreNames(metrics);
  return metrics.map(({ id, options }, i) => ({ name: names[i] as string, id, options })); // one name for each
}

/** Those of the paper's table 1 in its order, then what it watched while training, then the others. */
function paperFirst(factories: readonly AnyFactory<Metric>[]): AnyFactory<Metric>[] {
  const place = (factory: AnyFactory<Metric>) => {
    const { paper, family } = factory().words;
    return paper?.column ?? (family === "ranking" ? 100 : 101);
  };
  return factories.toSorted((a, b) => place(a) - place(b));
}

/** The metric itself. */
export function makeMetric({ id, options }: ChosenMetric, registry: AnyRegistry): Metric {
  const factory: AnyFactory<Metric> = registry.lookup("metric", id);
  return factory(options);
}
