import { type AnyFactory, createRegistry, memoryStore } from "@em-stellar/core";
import data, { findImageSet, findMethods, type ImagePlace } from "@em-stellar/data";
import { type EvaluationEvent, evaluate, inThisThread } from "@em-stellar/evaluation";
import metrics, {
  confusion,
  precisionRecallCurve,
  rocCurve,
  scoreCounts,
  scoreCountsMerger,
  thresholdSweep,
} from "@em-stellar/metrics";
import { picturedImages, renderEvaluation } from "@em-stellar/report";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { GivenFile } from "../../files/given-file.js";
import { givenPlaces, rootOf } from "../given-places.js";
import { readerOf } from "../image-sets.js";
import type { Call } from "../protocol.js";
import type { EvaluationOrder, EvaluationOutcome, EvaluationProgress } from "../requests/evaluate.js";
import { userPlugins } from "../user-plugins.js";

const counting = { confusion, scoreCounts, scoreCountsMerger, precisionRecallCurve, rocCurve, thresholdSweep };

/** Scores masks that were made elsewhere, as `em-stellar evaluate` does. */
export async function evaluateFiles(
  { truth, predictions, images, browser, ...options }: EvaluationOrder,
  { tell, signal }: Call<"evaluate">,
): Promise<EvaluationOutcome> {
  // One reader for all: a place says which of the three its file is of.
  const parts = { truth, predictions, images };
  const files = Object.entries(parts).flatMap(([part, given]) => under(part, given));
  const reader = readerOf(files);
  const placesOf = (part: keyof typeof parts) => givenPlaces(under(part, parts[part]), reader, part);
  const start = (part: keyof typeof parts) => [part, rootOf(parts[part])].filter(Boolean).join("/");
  const ofTruth = await findImageSet(start("truth"), "The truth", placesOf("truth"));
  const methods = await findMethods(
    start("predictions"),
    ofTruth.images.length,
    [],
    "The predictions",
    placesOf("predictions"),
  );
  const raw = images.length === 0 ? null : await findImageSet(start("images"), "The images", placesOf("images"));
  const registry = createRegistry(metrics, data, ...userPlugins());
  const tools = { registry, counting, read: reader.readPage, createHash };
  const store = memoryStore();
  const context = {
    ...tools,
    performer: inThisThread<ImagePlace>(tools, signal),
    store,
    pictured: picturedImages,
    environment: { browser },
    signal,
  };
  const name = rootOf(predictions) || "evaluation";
  for await (const event of evaluate<ImagePlace>(
    { truth: ofTruth, methods, images: raw },
    { ...options, name },
    context,
  )) {
    signal.throwIfAborted();
    const progress = progressOf(event);
    if (progress) tell(progress);
    if (event.type !== "finished") continue;
    const { evaluation } = event;
    const citation = (kind: string, id: string) => {
      const factories: readonly AnyFactory[] = (registry as ReturnType<typeof createRegistry>).list(kind);
      return factories.find((factory) => factory.id === id)?.citation;
    };
    const page = await renderEvaluation(evaluation, { store, citation });
    return {
      evaluation,
      report: new Blob([page], { type: "text/html" }),
      results: await blobOf(store, "results.json", "application/json"),
      table: await blobOf(store, "results.csv", "text/csv"),
    };
  }
  throw new Error("unreachable: an evaluation ends with its results");
}

/** Files in a folder of their own, so that those of the truth and of a method may have the same paths. */
function under(part: string, files: readonly GivenFile[]): GivenFile[] {
  return files.map(({ path, content }) => ({ path: `${part}/${path}`, content }));
}

function progressOf(event: EvaluationEvent): EvaluationProgress | undefined {
  if (event.type === "comparing") return { doing: "Comparing the methods", share: 1 };
  if (event.type === "drawing") return { doing: "Drawing the report", share: 1 };
  if (event.type !== "progress") return undefined;
  const [all, done] = event.tasks.reduce(([a, d], task) => [a + task.images, d + task.done], [0, 0]);
  return { doing: event.doing === "checking" ? "Reading the images" : "Scoring", share: all === 0 ? 1 : done / all };
}

async function blobOf(store: ReturnType<typeof memoryStore>, path: string, type: string): Promise<Blob> {
  return new Blob([((await store.read(path)) ?? new Uint8Array()).slice()], { type });
}

/** A SHA-256 that takes its input piece by piece, which a browser's own does not. */
function createHash() {
  const hash = sha256.create();
  return {
    update: (content: Uint8Array | string) => hash.update(typeof content === "string" ? utf8ToBytes(content) : content),
    digest: () => bytesToHex(hash.digest()),
  };
}
