import { z } from "zod";

/** Version of the form of `suite.json`, `manifest.json` and `results.json`; raised when a reader of the old form would misread the new. */
export const schemaVersion = 1;

const value = z.number().nullable().describe("null: not defined on this data");
const values = z.record(z.string(), value);

const component = z.object({
  kind: z.string(),
  id: z.string(),
  options: z.record(z.string(), z.unknown()),
  package: z.string().optional(),
  version: z.string().optional(),
});

const historyPoint = z.object({
  step: z.number().int(),
  seconds: z.number().describe("training time up to here"),
  loss: z.number().describe("mean training loss since the point before"),
  validation: values.describe("`loss` and the suite's metrics on whole validation images"),
});

const run = z.object({
  fold: z.number().int(),
  seed: z.number().int(),
  state: z.enum(["done", "failed"]),
  failure: z.string().optional(),
  checkpoint: z.object({ criterion: z.string(), step: z.number().int(), value }).optional(),
  threshold: z.number().describe("a pixel is called object above it"),
  steps: z.number().int(),
  seconds: z.number(),
  validation: values.describe("at the chosen checkpoint"),
  pooled: values.describe("over all pixels of all test images"),
  perImage: z.array(z.object({ image: z.string(), values })),
  history: z.array(historyPoint),
  learnt: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .optional()
    .describe("what a baseline picked"),
  members: z.array(z.string()).optional().describe("the jobs an ensemble is made of"),
  predictions: z.string().describe("folder of 16-bit PNG probability maps, one for each test image"),
});

const method = z.object({
  name: z.string(),
  kind: z.enum(["network", "ensemble", "baseline"]),
  components: z.array(component).describe("the network with its loss and optimizer, or the one ensemble or baseline"),
  parameters: z.object({ trainable: z.number().int(), nonTrainable: z.number().int() }).optional(),
  runs: z.array(run),
  pooled: values.describe("mean over the runs that finished"),
});

/** The form of `results.json`. */
export const resultsSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  suite: z.string(),
  finished: z.string().describe("ISO 8601"),
  metrics: z.array(
    z.object({
      id: z.string(),
      goal: z.enum(["maximize", "minimize"]),
      range: z.tuple([z.number().nullable(), z.number().nullable()]),
      options: z.record(z.string(), z.unknown()),
    }),
  ),
  rankedBy: z.string().describe("the metric that orders the methods"),
  data: z.object({
    source: component,
    train: z.number().int(),
    test: z.number().int(),
    groups: z.array(z.string()),
    folds: z.array(z.object({ train: z.array(z.string()), validation: z.array(z.string()) })),
    foreground: z.number().describe("share of object pixels in the training masks"),
    hash: z.string().describe("SHA-256 over all pixels and masks, in order"),
    testImages: z.array(
      z.object({
        id: z.string(),
        width: z.number().int(),
        height: z.number().int(),
        image: z.string(),
        truth: z.string(),
      }),
    ),
  }),
  training: z.record(z.string(), z.unknown()),
  environment: z.record(z.string(), z.string()).describe("versions, backend, device"),
  methods: z.array(method),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});

/** Everything a run found out: what `results.json` holds and a report is drawn from. */
export type Results = z.infer<typeof resultsSchema>;
/** One row of the ranking: a network, an ensemble or a baseline. */
export type MethodResult = Results["methods"][number];
/** One training of a method: a fold and a seed. */
export type RunResult = MethodResult["runs"][number];
/** A component as results record it. */
export type ComponentRecord = z.infer<typeof component>;
/** One line of a job's learning curve. */
export type HistoryPoint = z.infer<typeof historyPoint>;
