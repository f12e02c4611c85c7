import {
  type AnyRegistry,
  didYouMean,
  type Evaluation,
  evaluationSchema,
  eventsOf,
  InputError,
  type RunStore,
  type StopSignal,
  writeSealed,
  writeText,
} from "@em-stellar/core";
import {
  type DecodedImage,
  decideValues,
  type ImageSet,
  type Place,
  plainValues,
  type ValueDecision,
  type ValueOptions,
} from "@em-stellar/data";
import { assemble, type InspectedSet } from "./assemble.js";
import { type ChosenMetric, chooseMetrics, makeMetric, type Positive } from "./choose-metrics.js";
import { evaluationCsv } from "./evaluation-csv.js";
import type { EvaluationEvent, TaskProgress } from "./events.js";
import { type PairedBy, type PairedSet, pairWithTruth } from "./pairing.js";
import { storePictures } from "./pictures.js";
import type { TaskPerformer } from "./task-performer.js";
import type { DecodeTask, InspectTask, ResultOf, ScoreTask, Task } from "./tasks.js";
import { valueSpelling } from "./value-spelling.js";

/** The images of an evaluation. */
export interface EvaluatedSets<P extends Place = Place> {
  readonly truth: ImageSet<P>;
  /** What is scored. */
  readonly methods: readonly ImageSet<P>[];
  /** Images of the microscope, shown under the masks; `null`: none. */
  readonly images: ImageSet<P> | null;
}

export interface EvaluationOptions {
  /** What the report is called. */
  readonly name: string;
  readonly positive: Positive;
  /** A pixel is called object where its probability is above it. */
  readonly threshold: number;
  /** Ids; `null`: all. */
  readonly metrics: readonly string[] | null;
  /** Name of the score that orders the methods; `null`: Jaccard, or the first. */
  readonly rankBy: string | null;
  readonly pair: PairedBy | "auto";
  /** Values of predictions that mean object; `null`: as the numbers say. */
  readonly labels: ValueOptions["labels"];
  /** The value of predictions that means certainly object; `null`: as the numbers say. */
  readonly white: ValueOptions["white"];
  /** What is object in files of predictions that store 0 for white. */
  readonly polarity: ValueOptions["polarity"];
  /** As `labels`, of the truth. */
  readonly truthLabels: ValueOptions["labels"];
  /** As `white`, of the truth. */
  readonly truthWhite: ValueOptions["white"];
  /** As `polarity`, of the truth. */
  readonly truthPolarity: ValueOptions["polarity"];
  /** Pixels of this value in the truth count nowhere; `null`: none. */
  readonly truthIgnore: ValueOptions["ignore"];
}

/** The choices of an evaluation that says nothing but what it is called. */
export const evaluationDefaults = {
  positive: "object",
  threshold: 0.5,
  metrics: null,
  rankBy: null,
  pair: "auto",
  labels: plainValues.labels,
  white: plainValues.white,
  polarity: plainValues.polarity,
  truthLabels: plainValues.labels,
  truthWhite: plainValues.white,
  truthPolarity: plainValues.polarity,
  truthIgnore: plainValues.ignore,
} as const satisfies Partial<EvaluationOptions>;

/** What an evaluation is handed. */
export interface EvaluationContext<P extends Place = Place> {
  /** Where metrics are made. */
  readonly registry: AnyRegistry;
  /** Decodes one image. */
  readonly read: (place: P) => Promise<DecodedImage>;
  /** Where tasks are done: in this thread, or in several. */
  readonly performer: TaskPerformer<P>;
  /** Gets `results.json`, `results.csv` and pictures, once everything is computed. */
  readonly store: RunStore;
  /** Which images a report shows, by id. */
  readonly pictured: (evaluation: Evaluation) => readonly string[];
  /** Where it takes place, for the record. */
  readonly environment: Readonly<Record<string, string>>;
  /** An `AbortSignal`: ends the evaluation between two images. */
  readonly signal?: StopSignal;
}

/** Distinct floats that may be kept in memory for exact curves: beyond, float maps are rounded to 16 bits. */
const mostFloats = 2 ** 24;

/**
 * Scores predictions made elsewhere against a truth, and tells what happens; the last event carries the evaluation. Every
 * image is read once before anything is scored: throws `InputError` for what cannot be used. Throws the signal's reason
 * where it is aborted.
 */
export async function* evaluate<P extends Place>(
  sets: EvaluatedSets<P>,
  given: Partial<EvaluationOptions> & Pick<EvaluationOptions, "name">,
  context: EvaluationContext<P>,
): AsyncGenerator<EvaluationEvent> {
  const options: EvaluationOptions = { ...evaluationDefaults, ...given };
  const { registry, read, performer, store, signal } = context;
  const { chosen, rankedBy } = chooseScores(options, registry);
  const { truth } = sets;
  const methods = pairWithTruth(truth, sets.methods, options.pair, "prediction");
  const [raw] = sets.images === null ? [] : pairWithTruth(truth, [sets.images], options.pair, "image");
  yield found(truth, methods);

  const inspected = yield* inspect(truth, methods, options, performer);
  if (raw) yield* performAll("checking", [{ name: "images", task: decodeTask(raw) }], performer);
  const truthSet = { places: truth.images.map(({ place }) => place), readings: inspected.truth.decision.readings };
  const tasks = inspected.methods.map(({ name, places, decision, rounded }) => {
    const task: ScoreTask<P> = {
      type: "score",
      truth: truthSet,
      predictions: { places, readings: decision.readings },
      images: truth.images.map(({ id }) => id),
      metrics: chosen,
      threshold: options.threshold,
      round: rounded,
    };
    return { name, task };
  });
  const scores = yield* performAll("scoring", tasks, performer);
  const scored = inspected.methods.map((method, i) => ({ ...method, scores: scores[i] as (typeof scores)[number] })); // one for each

  yield { type: "comparing" };
  signal?.throwIfAborted();
  const metrics = chosen.map((metric) => makeMetric(metric, registry));
  const evaluation = assemble(inspected.truth, scored, metrics, rankedBy, {
    ...options,
    environment: context.environment,
  });
  yield { type: "drawing" };
  signal?.throwIfAborted();
  const pictured = context.pictured(evaluation);
  const pictures = await storePictures(
    store,
    pictured.map((id) => ({ id, index: truth.images.findIndex((image) => image.id === id) })),
    {
      truth: truthSet,
      raw: raw?.places ?? [],
      methods: inspected.methods.map(({ name, places, decision }) => ({
        name,
        predictions: { places, readings: decision.readings },
      })),
      threshold: options.threshold,
      read,
      ...(signal && { signal }),
    },
  );
  const complete = evaluationSchema.parse({ ...evaluation, data: { ...evaluation.data, pictures } });
  await writeSealed(store, "results.json", complete);
  await writeText(store, "results.csv", evaluationCsv(complete));
  yield { type: "finished", evaluation: complete };
}

/** The metrics of an evaluation, and the score that orders its methods. Throws `InputError` where one is not there. */
export function chooseScores(
  { metrics, positive, rankBy }: Pick<EvaluationOptions, "metrics" | "positive" | "rankBy">,
  registry: AnyRegistry,
): { readonly chosen: readonly ChosenMetric[]; readonly rankedBy: string } {
  const chosen = chooseMetrics(metrics, positive, registry);
  const names = chosen.map(({ name }) => name);
  if (rankBy === null) return { chosen, rankedBy: names.includes("jaccard") ? "jaccard" : (names[0] ?? "") };
  if (names.includes(rankBy)) return { chosen, rankedBy: rankBy };
  throw new InputError(
    `\`rankBy\` names "${rankBy}", which is none of the measures.${didYouMean(rankBy, names)} Available: ${names.join(", ")}.`,
  );
}

function found(truth: ImageSet, sets: readonly PairedSet[]): EvaluationEvent {
  const sizes = [...new Set(truth.images.map(({ place: { width, height } }) => `${width} × ${height}`))];
  return {
    type: "found",
    truth: { path: truth.path, images: truth.images.length, isStack: truth.isStack, sizes },
    methods: sets.map(({ name, pairedBy }) => ({ name, pairedBy })),
  };
}

function decodeTask<P extends Place>({ places }: PairedSet<P>): DecodeTask<P> {
  return { type: "decode", places };
}

/** Reads everything once, and decides what its numbers mean. */
async function* inspect<P extends Place>(
  truth: ImageSet<P>,
  sets: readonly PairedSet<P>[],
  options: EvaluationOptions,
  performer: TaskPerformer<P>,
) {
  const inspectTask = (places: readonly P[]): InspectTask<P> => ({ type: "inspect", places });
  const [ofTruth, ...ofSets] = yield* performAll(
    "checking",
    [
      { name: "truth", task: inspectTask(truth.images.map(({ place }) => place)) },
      ...sets.map(({ name, places }) => ({ name, task: inspectTask(places) })),
    ],
    performer,
  );
  const found = ofTruth as NonNullable<typeof ofTruth>; // the first task's
  const pixels = truth.images.reduce((sum, { place: { width, height } }) => sum + width * height, 0);
  const problems: string[] = [];
  const decide = (...[files, values, set]: Parameters<typeof decideValues>): ValueDecision => {
    try {
      return decideValues(files, values, set);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
      return { readings: [], warnings: [] };
    }
  };
  const { labels, white, polarity, truthLabels, truthWhite, truthPolarity, truthIgnore } = options;
  const ofTheTruth = { labels: truthLabels, white: truthWhite, polarity: truthPolarity, ignore: truthIgnore };
  const decision = decide(found.censuses, ofTheTruth, {
    what: `The truth (${truth.path})`,
    role: "truth",
    spell: valueSpelling("truth"),
  });
  const ofPredictions = { labels, white, polarity, ignore: plainValues.ignore };
  const methods = sets.map((set, i): InspectedSet<P> => {
    const inspection = ofSets[i] as typeof found; // one task for each
    const { censuses } = inspection;
    return {
      ...set,
      inspection,
      decision: decide(censuses, ofPredictions, {
        what: `"${set.name}" (${set.path})`,
        role: "prediction",
        spell: valueSpelling("predictions"),
      }),
      rounded: labels === null && pixels > mostFloats && censuses.some(({ numbers }) => numbers === "floats"),
    };
  });
  if (problems.length > 0) throw new InputError(joined(problems));
  return { truth: { ...truth, inspection: found, decision }, methods };
}

/** One message of one or more problems. */
function joined(problems: readonly string[]): string {
  return problems.length === 1 ? (problems[0] as string) : `Nothing was evaluated.\n  ${problems.join("\n  ")}`;
}

/** Has tasks done, and tells how they go. */
async function* performAll<P extends Place, T extends Task<P>>(
  doing: "checking" | "scoring",
  named: readonly { readonly name: string; readonly task: T }[],
  performer: TaskPerformer<P>,
): AsyncGenerator<EvaluationEvent, ResultOf<T>[]> {
  const started = Date.now();
  const images = named.map(({ task }) => (task.type === "score" ? task.images.length : task.places.length));
  const done = named.map(() => 0);
  const progress = (): EvaluationEvent => {
    const tasks = named.map(({ name }, i): TaskProgress => ({ name, images: images[i] ?? 0, done: done[i] ?? 0 }));
    return { type: "progress", doing, tasks, seconds: (Date.now() - started) / 1000 };
  };
  return yield* eventsOf<EvaluationEvent, ResultOf<T>[]>((tell) =>
    performer(
      named.map(({ task }) => task),
      (index) => {
        done[index] = (done[index] ?? 0) + 1;
        tell(progress());
      },
      (index, result) => {
        if (!result || !("seconds" in result)) return;
        const method = named[index]?.name ?? "";
        tell({ type: "method-scored", method, images: images[index] ?? 0, seconds: result.seconds });
      },
    ),
  );
}
