import type { Evaluation } from "./evaluation.js";
import { type Results, schemaVersion } from "./results.js";
import type { ImageScores } from "./scorer.js";

/**
 * An evaluation in the form of a run, so that statistics and charts serve both: each method has one run, whose pictures are
 * masks. `parts` gives each method's images with what their scores were made of, where that is still at hand.
 */
export function evaluationAsRun(
  evaluation: Evaluation,
  parts: ReadonlyMap<string, readonly ImageScores[]> = new Map(),
): Results {
  const { name, finished, metrics, rankedBy, data, environment, methods, statistics, warnings, options } = evaluation;
  const pictures = new Map(data.pictures.map((picture) => [picture.id, picture]));
  return {
    schemaVersion,
    suite: name,
    finished,
    metrics: metrics.map(({ id, goal, range, options }) => ({ id, goal, range, options })),
    rankedBy,
    data: {
      source: { kind: "data", id: "evaluation", options: { truth: data.truth } },
      train: 0,
      test: data.images.length,
      groups: [],
      folds: [],
      foreground: data.foreground,
      hash: data.hash,
      testImages: data.images.map(({ id, width, height }) => {
        const { truth = "", image = "" } = pictures.get(id) ?? {};
        return { id, width, height, truth, image };
      }),
    },
    training: {},
    environment,
    methods: methods.map((method) => ({
      name: method.name,
      kind: "external",
      components: [],
      pooled: method.pooled,
      runs: [
        {
          fold: 0,
          seed: 0,
          state: "done",
          threshold: options.threshold,
          steps: 0,
          seconds: method.seconds,
          validation: {},
          pooled: method.pooled,
          perImage: parts.get(method.name)?.map((image) => ({ ...image })) ?? method.perImage.map(valuesOf),
          history: [],
          predictions: picturesOf(method.name),
        },
      ],
    })),
    ...(statistics && { statistics }),
    warnings,
  };
}

/** The folder of a method's pictures in the folder of an evaluation. */
export function picturesOf(method: string): string {
  return `pictures/methods/${method}`;
}

function valuesOf({ image, ...values }: Evaluation["methods"][number]["perImage"][number]) {
  return { image, values };
}
