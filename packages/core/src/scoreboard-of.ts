import type { Evaluation } from "./evaluation.js";
import { scoresOfRow } from "./image-row.js";
import type { MethodResult, Results } from "./results.js";
import type { Scoreboard } from "./scoreboard.js";
import type { ImageScores } from "./scorer.js";

/** The scoreboard of a run. */
export function scoreboardOfRun(
  results: Omit<Results, "statistics"> & Pick<Partial<Results>, "statistics">,
): Scoreboard<MethodResult> {
  const { suite, finished, metrics, rankedBy, data, methods, statistics } = results;
  return {
    name: suite,
    origin: "run",
    finished,
    metrics,
    rankedBy,
    images: data.testImages,
    dataHash: data.hash,
    methods,
    ...(statistics && { statistics }),
  };
}

/**
 * The scoreboard of an evaluation: each method has one run, whose pictures are masks. `parts` gives each method's images
 * with what their scores were made of, where that is still at hand.
 */
export function scoreboardOfEvaluation(
  evaluation: Evaluation,
  parts: ReadonlyMap<string, readonly ImageScores[]> = new Map(),
): Scoreboard {
  const { name, finished, metrics, rankedBy, data, methods, statistics, options } = evaluation;
  const pictures = new Map(data.pictures.map((picture) => [picture.id, picture]));
  return {
    name,
    origin: "evaluation",
    finished,
    metrics,
    rankedBy,
    images: data.images.map(({ id, width, height }) => {
      const { truth = "", image = "" } = pictures.get(id) ?? {};
      return { id, width, height, truth, image };
    }),
    dataHash: data.hash,
    methods: methods.map((method) => ({
      name: method.name,
      runs: [
        {
          fold: 0,
          seed: 0,
          state: "done",
          threshold: options.threshold,
          validation: {},
          pooled: method.pooled,
          perImage: parts.get(method.name)?.map((image) => ({ ...image })) ?? method.perImage.map(scoresOfRow),
          predictions: picturesOf(method.name),
        },
      ],
    })),
    ...(statistics && { statistics }),
  };
}

/** The folder of a method's pictures in the folder of an evaluation. */
export function picturesOf(method: string): string {
  return `pictures/methods/${method}`;
}
