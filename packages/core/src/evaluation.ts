import * as z from "zod";
import { imageRow } from "./image-row.js";
import { metricRecord, schemaVersion, statistics, value } from "./results.js";
import { warningSchema } from "./warning.js";

const points = z.array(z.number());

/** What thresholds would do to a map of probabilities, from the pooled pixels of all images; each list at most some 200 long. */
const curves = z.object({
  scores: z
    .number()
    .int()
    .describe("distinct probabilities: 2 for a mask, for which the curves are a point and straight lines"),
  precisionRecall: z.object({ recall: points, precision: points }).nullable().describe("null: no object in the truth"),
  roc: z.object({ fpr: points, tpr: points }).nullable().describe("null: one class in the truth"),
  sweep: z
    .object({ thresholds: points, f1: z.array(value), jaccard: z.array(value) })
    .describe("of the object, where all above a threshold is called object"),
  operating: z
    .object({ recall: value, precision: value, fpr: value })
    .describe("where the evaluation's threshold lies on the curves"),
});

const stored = z
  .object({
    format: z.string().describe("of the stored numbers, such as `8-bit greys`"),
    lowest: z.number(),
    highest: z.number(),
    white: z
      .number()
      .nullable()
      .optional()
      .describe("stands for probability 1; null: the highest number of each file's format"),
    labels: z
      .union([z.array(z.number()), z.literal("nonzero")])
      .optional()
      .describe("numbers that mean object; `nonzero`: all but 0"),
    turned: z
      .number()
      .int()
      .optional()
      .describe("files whose numbers were turned over: their headers say that 0 is white"),
    ignored: z.number().optional().describe("pixels of this number count nowhere"),
  })
  .describe("what was found in the files, and how it was read");

const method = z.object({
  name: z.string(),
  path: z.string().describe("folder or file of the predictions"),
  pairedBy: z.enum(["name", "order"]),
  stored,
  rounded: z.boolean().describe("whether floats were rounded to 16 bits so that a large stack fits into memory"),
  hash: z.string().describe("SHA-256 over all its stored numbers, in the order of the truth"),
  seconds: z.number(),
  pooled: z.record(z.string(), value).describe("over all images together, by the ids in `metrics`"),
  perImage: z.array(imageRow).describe("each image on its own: its id, and its scores by the ids in `metrics`"),
  curves,
});

/** The form of the `results.json` of an evaluation: masks or probability maps made elsewhere, scored against a truth. */
export const evaluationSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  kind: z.literal("evaluation"),
  name: z.string(),
  finished: z.string().describe("ISO 8601"),
  metrics: z.array(metricRecord.extend({ metric: z.string().describe("id of the metric") })),
  rankedBy: z.string().describe("the id in `metrics` that orders the methods"),
  options: z.object({
    threshold: z.number().describe("a pixel is called object above it"),
    positive: z
      .enum(["object", "background", "both"])
      .describe("which class the F1 score and its kin take as positive"),
  }),
  data: z.object({
    truth: z.string().describe("folder or file of the truth"),
    stored,
    grey: z.number().describe("share of truth pixels between background and object"),
    foreground: z.number().describe("share of truth pixels that are object, above 0.5"),
    hash: z.string().describe("SHA-256 over all stored numbers of the truth, in order"),
    images: z.array(z.object({ id: z.string(), file: z.string(), width: z.number().int(), height: z.number().int() })),
    pictures: z
      .array(z.object({ id: z.string(), truth: z.string(), image: z.string().optional() }))
      .describe("images whose masks are in the folder, for the report"),
  }),
  environment: z.record(z.string(), z.string()).describe("versions, machine, and the command that repeats it"),
  methods: z.array(method).describe("best first"),
  statistics: statistics.optional().describe("absent with a single method or image"),
  warnings: z.array(warningSchema),
});

/** Everything that an evaluation of predictions made elsewhere found out. */
export type Evaluation = z.infer<typeof evaluationSchema>;
/** One method of an evaluation. */
export type EvaluatedMethod = Evaluation["methods"][number];
/** What thresholds would do to a method's predictions. */
export type ThresholdCurves = EvaluatedMethod["curves"];
