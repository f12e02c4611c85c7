import type { Results } from "@em-stellar/core";
import type { NamedBoard } from "./named-board.js";

/** What a reader of a comparison has to know: what is left out, and in what the runs differ beside their images. */
export function comparisonNotes(runs: readonly NamedBoard[], all: readonly string[], common: readonly string[]) {
  return [
    ...missing(all, common),
    ...differingOptions(runs, common),
    ...differingTraining(runs),
    ...differingCounts(runs),
    ...evaluations(runs),
  ];
}

function missing(all: readonly string[], common: readonly string[]): string[] {
  const names = all.filter((name) => !common.includes(name));
  return names.length === 0 ? [] : [`Left out, because some runs have no score for them: ${names.join(", ")}.`];
}

/** Methods of one name that are not the same: a network of another width is another network. */
function differingOptions(runs: readonly NamedBoard[], common: readonly string[]): string[] {
  const differing = common.filter((name) => {
    const made = runs.map(({ board }) =>
      board.methods
        .find((method) => method.name === name)
        ?.components?.map(({ kind, id, options }) => ({ kind, id, options })),
    );
    return new Set(made.map((components) => JSON.stringify(components))).size > 1;
  });
  return differing.length === 0 ? [] : [`Made with different options in the runs: ${differing.join(", ")}.`];
}

/** Options of training with a value of its own in one of the runs: a network that learnt longer is not a better one. */
function differingTraining(runs: readonly NamedBoard[]): string[] {
  const trained = trainedOf(runs);
  const options = [...new Set(trained.flatMap(({ run }) => Object.keys(run.training)))];
  const differing = options.flatMap((option) =>
    listed(
      option,
      trained.map(({ name, run }) => [name, JSON.stringify(run.training[option] ?? null)]),
    ),
  );
  return differing.length === 0 ? [] : [`Trained differently in the runs: ${differing.join("; ")}.`];
}

/** How many folds and images there are, where that differs. */
function differingCounts(runs: readonly NamedBoard[]): string[] {
  const trained = trainedOf(runs);
  const counts = {
    folds: ({ data }: TrainedRun) => data.folds.length,
    "training images": ({ data }: TrainedRun) => data.train,
    "test images": ({ data }: TrainedRun) => data.test,
  };
  const differing = Object.entries(counts).flatMap(([what, countIn]) =>
    listed(
      what,
      trained.map(({ name, run }) => [name, String(countIn(run))]),
    ),
  );
  return differing.length === 0 ? [] : [`Runs of different sizes: ${differing.join("; ")}.`];
}

function evaluations(runs: readonly NamedBoard[]): string[] {
  const names = runs.filter(({ run }) => run === undefined).map(({ name }) => name);
  if (names.length === 0) return [];
  return [`Of evaluations (${names.join(", ")}), it is not known how their methods were trained.`];
}

type TrainedRun = Pick<Results, "training" | "data">;

function trainedOf(runs: readonly NamedBoard[]): { readonly name: string; readonly run: TrainedRun }[] {
  return runs.flatMap(({ name, run }) => (run ? [{ name, run }] : []));
}

/** `steps 2000 (mouse), 500 (fly, worm)`; nothing where all values are the same. */
function listed(what: string, values: readonly (readonly [name: string, value: string])[]): string[] {
  const distinct = [...new Set(values.map(([, value]) => value))];
  if (distinct.length < 2) return [];
  const namesOf = (value: string) => values.flatMap(([name, its]) => (its === value ? [name] : []));
  const parts = distinct.map((value) => `${value} (${namesOf(value).join(", ")})`);
  return [`${what} ${parts.join(", ")}`];
}
