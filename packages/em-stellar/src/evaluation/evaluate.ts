import { resolve } from "node:path";
import {
  didYouMean,
  type Evaluation,
  evaluationSchema,
  InputError,
  memoryStore,
  writeJson,
  writeText,
} from "@em-stellar/core";
import { decideValues, type ImageSet, plainValues, type ValueDecision } from "@em-stellar/data";
import { type ImagePlace, openImageSet, openMethods, readPage } from "@em-stellar/data/node";
import {
  assemble,
  chooseMetrics,
  type DecodeTask,
  evaluationCsv,
  type InspectedSet,
  type InspectTask,
  makeMetric,
  type PairedSet,
  pairWithTruth,
  type ResultOf,
  type ScoreTask,
  storePictures,
  type Task,
} from "@em-stellar/evaluation";
import { createThreadPool, type ThreadPool } from "@em-stellar/evaluation/node";
import { picturedImages, renderEvaluation } from "@em-stellar/report";
import { citationIn } from "../citation.js";

import { environment } from "../environment.js";
import { metricTools } from "../metric-tools.js";
import { requireOwnFolder, writeFolder } from "../result-folder.js";
import { summary } from "../terminal/evaluation-summary.js";
import { count, duration } from "../terminal/format.js";
import { renderTasks } from "../terminal/tasks-progress.js";
import type { Terminal } from "../terminal/terminal.js";
import type { EvaluateOptions } from "./evaluate-options.js";
import { valueFlags } from "./value-flags.js";

/** The choices of an evaluation that says nothing but where its images are. */
export const evaluateDefaults = {
  images: null,
  positive: "object",
  threshold: 0.5,
  metrics: null,
  rankBy: null,
  pair: "auto",
  truthValues: plainValues,
  values: plainValues,
} satisfies Partial<EvaluateOptions>;

/** Distinct floats that may be kept in memory for exact curves: beyond, float maps are rounded to 16 bits. */
const mostFloats = 2 ** 24;

/**
 * Scores predictions made elsewhere against a truth, and leaves results and a report in a folder. Every file is read once
 * before anything is scored: throws `InputError` for what cannot be used. Nothing is written until all is computed.
 */
export async function evaluate(options: EvaluateOptions, terminal: Terminal): Promise<Evaluation> {
  const started = Date.now();
  const { registry } = metricTools;
  const chosen = chooseMetrics(options.metrics, options.positive, registry);
  const names = chosen.map(({ name }) => name);
  const rankedBy = rankingScore(names, options.rankBy);
  const out = resolve(options.out);
  await requireOwnFolder(out);
  const { truth, sets, raw } = await findImages(options);
  tellWhatWasFound(truth, sets, options, terminal);

  let writing = false;
  const onInterrupt = () => {
    if (writing) return; // a moment later everything is there
    terminal.close();
    terminal.print("! Stopped. Nothing was written.");
    process.exit(130);
  };
  process.on("SIGINT", onInterrupt);
  const pool = createThreadPool({ size: options.workers, entry: workerEntry(), tools: metricTools });
  try {
    const inspected = await inspect(truth, sets, options, pool, terminal);
    if (raw) {
      const task: DecodeTask<ImagePlace> = { type: "decode", places: raw.places };
      await runAll("Checking", [{ name: "images", task }], pool, terminal);
    }
    const truthSet = { places: truth.images.map(({ place }) => place), readings: inspected.truth.decision.readings };
    const tasks = inspected.methods.map(
      ({ places, decision, rounded }): ScoreTask<ImagePlace> => ({
        type: "score",
        truth: truthSet,
        predictions: { places, readings: decision.readings },
        images: truth.images.map(({ id }) => id),
        metrics: chosen,
        threshold: options.threshold,
        round: rounded,
      }),
    );
    const scores = await runAll(
      "Scoring",
      inspected.methods.map(({ name }, i) => ({ name, task: tasks[i] as ScoreTask<ImagePlace> })), // one task for each
      pool,
      terminal,
    );
    const scored = inspected.methods.map((method, i) => ({ ...method, scores: scores[i] as (typeof scores)[number] }));
    terminal.draw(["Comparing methods"]);
    const metrics = chosen.map((metric) => makeMetric(metric, registry));
    const evaluation = assemble(inspected.truth, scored, metrics, rankedBy, {
      ...options,
      environment: { ...environment(), command: options.command },
    });

    terminal.draw(["Drawing the report"]);
    const store = memoryStore();
    const pictures = await storePictures(
      store,
      picturedImages(evaluation).map((id) => ({ id, index: truth.images.findIndex((image) => image.id === id) })),
      {
        truth: truthSet,
        raw: raw?.places ?? [],
        methods: inspected.methods.map(({ name, places, decision }) => ({
          name,
          predictions: { places, readings: decision.readings },
        })),
        threshold: options.threshold,
        read: readPage,
      },
    );
    const complete = evaluationSchema.parse({ ...evaluation, data: { ...evaluation.data, pictures } });
    await writeJson(store, "results.json", complete);
    await writeText(store, "results.csv", evaluationCsv(complete));
    const page = await renderEvaluation(complete, { store, citation: citationIn(registry) });
    await writeText(store, "report/index.html", page);
    writing = true;
    await writeFolder(store, out);
    terminal.draw([]);
    tellResults(complete, out, (Date.now() - started) / 1000, terminal);
    return complete;
  } finally {
    process.off("SIGINT", onInterrupt);
    terminal.close();
    await pool.close();
  }
}

function workerEntry(): URL {
  // Sources, which tests run, have the other extension.
  const entry = import.meta.url.endsWith(".ts") ? "../evaluation-worker.ts" : "../evaluation-worker.js";
  return new URL(entry, import.meta.url);
}

function rankingScore(names: readonly string[], rankBy: string | null): string {
  if (rankBy === null) return names.includes("jaccard") ? "jaccard" : (names[0] ?? "");
  if (names.includes(rankBy)) return rankBy;
  throw new InputError(
    `--rank-by names "${rankBy}", which is none of the measures.${didYouMean(rankBy, names)} Available: ${names.join(", ")}.`,
  );
}

async function findImages({ truth: path, predictions, images, out, pair }: EvaluateOptions) {
  const truth = await openImageSet(path, "--truth");
  const others = [out, path, ...(images === null ? [] : [images])];
  const methods = await openMethods(predictions, truth.images.length, others, "--predictions");
  const sets = pairWithTruth(truth, methods, pair, "prediction");
  const [raw] = images === null ? [] : pairWithTruth(truth, [await openImageSet(images, "--images")], pair, "image");
  return { truth, sets, raw };
}

function tellWhatWasFound(
  truth: ImageSet<ImagePlace>,
  sets: readonly PairedSet<ImagePlace>[],
  { predictions }: EvaluateOptions,
  terminal: Terminal,
): void {
  const sizes = [...new Set(truth.images.map(({ place: { width, height } }) => `${width} × ${height}`))];
  const size = sizes.length === 1 ? `of ${sizes[0]} pixels` : `of ${sizes.length} sizes`;
  terminal.print(`Truth:   ${count(truth.images.length, truth.isStack ? "page" : "image")} ${size} in ${truth.path}`);
  const names = sets.map(({ name }) => name);
  terminal.print(`Methods: ${count(sets.length, "method")} in ${predictions}: ${names.join(", ")}`);
  const byName = sets.filter(({ pairedBy }) => pairedBy === "name").map(({ name }) => name);
  const byOrder = sets.filter(({ pairedBy }) => pairedBy === "order").map(({ name }) => name);
  if (byOrder.length === 0) terminal.print("Paired:  by name");
  else if (byName.length === 0) terminal.print("Paired:  by order");
  else terminal.print(`Paired:  by name: ${byName.join(", ")}; by order: ${byOrder.join(", ")}`);
}

/** Reads everything once, and decides what its numbers mean. */
async function inspect(
  truth: ImageSet<ImagePlace>,
  sets: readonly PairedSet<ImagePlace>[],
  options: EvaluateOptions,
  pool: ThreadPool,
  terminal: Terminal,
) {
  const truthTask: InspectTask<ImagePlace> = { type: "inspect", places: truth.images.map(({ place }) => place) };
  const tasks = sets.map(({ name, places }) => ({
    name,
    task: { type: "inspect", places } satisfies InspectTask<ImagePlace>,
  }));
  const [ofTruth, ...ofSets] = await runAll("Checking", [{ name: "truth", task: truthTask }, ...tasks], pool, terminal);
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
  const decision = decide(found.censuses, options.truthValues, {
    what: `The truth (${truth.path})`,
    role: "truth",
    spell: valueFlags("truth"),
  });
  const methods = sets.map((set, i): InspectedSet<ImagePlace> => {
    const inspection = ofSets[i] as typeof found; // one task for each
    const { censuses } = inspection;
    return {
      ...set,
      inspection,
      decision: decide(censuses, options.values, {
        what: `"${set.name}" (${set.path})`,
        role: "prediction",
        spell: valueFlags("predictions"),
      }),
      rounded:
        options.values.labels === null && pixels > mostFloats && censuses.some(({ numbers }) => numbers === "floats"),
    };
  });
  if (problems.length > 0) throw new InputError(joined(problems));
  return { truth: { ...truth, inspection: found, decision }, methods };
}

/** One message of one or more problems. */
function joined(problems: readonly string[]): string {
  return problems.length === 1 ? (problems[0] as string) : `Nothing was evaluated.\n  ${problems.join("\n  ")}`;
}

/** Runs tasks in the pool, and shows how they go. */
async function runAll<T extends Task<ImagePlace>>(
  doing: string,
  named: readonly { readonly name: string; readonly task: T }[],
  pool: ThreadPool,
  terminal: Terminal,
): Promise<ResultOf<T>[]> {
  const started = Date.now();
  const images = named.map(({ task }) => (task.type === "score" ? task.images.length : task.places.length));
  const done = named.map(() => 0);
  const seconds = () => (Date.now() - started) / 1000;
  const draw = () => {
    const tasks = named.map(({ name }, i) => ({ name, images: images[i] as number, done: done[i] as number })); // one each
    terminal.draw(renderTasks({ doing, tasks, seconds: seconds() }, terminal.columns));
  };
  const results = await pool.run(
    named.map(({ task }) => task),
    (index) => {
      done[index] = (done[index] as number) + 1;
      draw();
    },
    (index, result) => {
      if (!result || !("seconds" in result)) return;
      const [name, number] = [named[index]?.name, images[index] as number];
      terminal.print(`✓ ${name}  ${count(number, "image")}, ${duration(result.seconds)}`);
    },
  );
  terminal.draw([]);
  return results;
}

function tellResults(evaluation: Evaluation, out: string, seconds: number, terminal: Terminal): void {
  terminal.print();
  terminal.print(summary(evaluation, terminal.live ? terminal.columns : 120));
  terminal.print();
  for (const { message } of evaluation.warnings) terminal.print(`! ${message}`);
  if (evaluation.statistics && evaluation.methods.length > 1) terminal.print(evaluation.statistics.sentence);
  terminal.print(
    `Scores are pooled over all images; a pixel is called object above ${evaluation.options.threshold}. Took ${duration(seconds)}.`,
  );
  terminal.print(`Report:  ${resolve(out, "report", "index.html")}`);
  terminal.print(`Results: ${resolve(out, "results.json")}`);
}
