// Scores two masks in a page: half of the object, and all of it.
import { createRegistry, memoryStore } from "@em-stellar/core";
import { type EvaluationContext, evaluate, inThisThread } from "@em-stellar/evaluation";
import metrics, {
  confusion,
  precisionRecallCurve,
  rocCurve,
  scoreCounts,
  scoreCountsMerger,
  thresholdSweep,
} from "@em-stellar/metrics";

const side = 8;
const rows: Readonly<Record<string, number>> = { truth: 4, half: 2, all: 4 };
const set = (name: string) => ({
  name,
  path: name,
  isStack: false,
  images: [{ id: "cell", place: { name, width: side, height: side } }],
});
const read: EvaluationContext["read"] = async ({ name }) => {
  const data = Uint8Array.from({ length: side * side }, (_, i) => (i < side * (rows[name] ?? 0) ? 255 : 0));
  return { width: side, height: side, channels: 1, data, fullRange: 255 };
};
const registry = createRegistry(metrics);
const counting = { confusion, scoreCounts, scoreCountsMerger, precisionRecallCurve, rocCurve, thresholdSweep };
const createHash = () => ({ update() {}, digest: () => "not needed here" });
const context: EvaluationContext = {
  registry,
  read,
  performer: inThisThread({ registry, counting, read, createHash }),
  store: memoryStore(),
  pictured: () => [],
  environment: {},
};
async function score(): Promise<void> {
  const sets = { truth: set("truth"), methods: [set("half"), set("all")], images: null };
  for await (const event of evaluate(sets, { name: "page", metrics: ["jaccard"] }, context)) {
    if (event.type !== "finished") continue;
    const scores = event.evaluation.methods.map(({ name, pooled }) => `${name} ${pooled.jaccard}`);
    console.log(scores.join(", "));
  }
}
score().catch((error) => console.log(String(error)));
