import {
  finishedRuns,
  isBaseline,
  type MethodResult,
  type RunResult,
  type Scoreboard,
  type ScoredMethod,
  summarise,
} from "@em-stellar/core";

/** The mean over finished runs of a metric on one test image; undefined where no run has it. */
export function scoreOnImage(method: ScoredMethod, image: string, metric: string): number | undefined {
  const runs = finishedRuns(method);
  return summarise(runs.map((run) => run.perImage.find((entry) => entry.image === image)?.values[metric]))?.mean;
}

/** On how many images a method has a score by a metric, in all of its finished runs; undefined where images were not scored one by one. */
export function imagesWithScore(method: ScoredMethod, metric: string): { defined: number; of: number } | undefined {
  const runs = finishedRuns(method).filter(({ perImage }) => perImage.length > 0);
  const images = runs[0]?.perImage.map(({ image }) => image) ?? [];
  if (images.length === 0) return undefined;
  const scored = runs.map(
    ({ perImage }) => new Set(perImage.flatMap(({ image, values }) => (values[metric] === null ? [] : [image]))),
  );
  return { defined: images.filter((image) => scored.every((run) => run.has(image))).length, of: images.length };
}

/** How well networks and ensembles (floors where there is nothing else) do on an image, in the mean by the ranking metric. */
export function ease(board: Scoreboard, image: string): number | undefined {
  const contenders = board.methods.filter((method) => !isBaseline(method));
  const judges = contenders.some((method) => finishedRuns(method).length > 0) ? contenders : board.methods;
  return summarise(judges.map((method) => scoreOnImage(method, image, board.rankedBy)))?.mean;
}

/** Distinct folds and seeds that the networks ran (of all methods where there is no network). */
export function repeats({ methods }: { readonly methods: readonly MethodResult[] }): { folds: number; seeds: number } {
  const networks = methods.filter((method) => method.kind === "network");
  const runs = (networks.length > 0 ? networks : methods).flatMap((method) => method.runs);
  return {
    folds: new Set(runs.map((run) => run.fold)).size,
    seeds: new Set(runs.map((run) => run.seed)).size,
  };
}

/** `fold 2, seed 1`. */
export function runLabel(run: Pick<RunResult, "fold" | "seed">): string {
  return `fold ${run.fold}, seed ${run.seed}`;
}
