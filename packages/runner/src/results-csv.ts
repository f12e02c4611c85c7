import { csvOf, type Results } from "@em-stellar/core";

/** The table of every number, one row for each method, fold, seed and image. */
export function resultsCsv({ methods, metrics }: Results): string {
  const header = ["method", "kind", "fold", "seed", "state", "image", ...metrics.map(({ id }) => id)];
  const rows = methods.flatMap(({ name, kind, runs }) =>
    runs.flatMap(({ fold, seed, state, pooled, perImage }) =>
      [{ image: "(all)", values: pooled }, ...perImage].map(({ image, values }) => [
        name,
        kind,
        fold,
        seed,
        state,
        image,
        ...metrics.map(({ id }) => values[id] ?? ""),
      ]),
    ),
  );
  return csvOf([header, ...rows]);
}

/**
 * The table of a transfer to other data, one row for each network, data that it was trained on and data that it was tested on:
 * the mean of each score over trainings and, where there is one, its interval. Undefined for results without transfer.
 */
export function transferCsv({ transfer, metrics }: Results): string | undefined {
  if (!transfer) return undefined;
  const ids = metrics.map(({ id }) => id);
  const header = [
    "method",
    "trained on",
    "tested on",
    "trainings",
    ...ids.flatMap((id) => [id, `${id} low`, `${id} high`]),
  ];
  const rows = transfer.cells.map(({ method, trainedOn, testedOn, trainings, scores }) => [
    method,
    trainedOn,
    testedOn,
    trainings,
    ...ids.flatMap((id) => {
      const { mean, interval } = scores[id] ?? {};
      return [mean ?? "", interval?.low ?? "", interval?.high ?? ""];
    }),
  ]);
  return csvOf([header, ...rows]);
}
