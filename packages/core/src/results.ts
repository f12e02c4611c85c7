import * as z from "zod";
import { metricWordsSchema } from "./metric-words.js";
import { warningSchema } from "./warning.js";

/** Version of the form of `suite.json`, `manifest.json` and `results.json`; raised when a reader of the old form would misread the new. */
export const schemaVersion = 1;

/** A score. */
export const value = z.number().nullable().describe("null: not defined on this data");
const values = z.record(z.string(), value);

const component = z.object({
  kind: z.string(),
  id: z.string(),
  options: z.record(z.string(), z.unknown()),
  package: z.string().optional(),
  version: z.string().optional(),
  citation: z.string().optional().describe("the publication to cite; absent from results of versions before it"),
});

/** A metric as results record it. */
export const metricRecord = z.object({
  id: z
    .string()
    .describe("the key of its scores: its id, with what sets it apart where it is there twice: `f1:background`"),
  goal: z.enum(["maximize", "minimize"]),
  range: z.tuple([z.number().nullable(), z.number().nullable()]),
  options: z.record(z.string(), z.unknown()),
  citation: z.string().optional().describe("the publication to cite"),
  words: metricWordsSchema.optional().describe("absent from results of versions before it"),
});

const historyPoint = z.object({
  step: z.number().int(),
  seconds: z.number().describe("training time up to here"),
  loss: z.number().describe("mean training loss since the point before"),
  validation: values.describe("`loss` and the suite's metrics on whole validation images"),
});

const criterionScores = z.object({
  criterion: z.string().describe("`loss` or a metric"),
  step: z.number().int().describe("at which its weights were the best"),
  value: value.describe("of the criterion there"),
  threshold: z.number(),
  validation: values,
  pooled: values.describe("over all pixels of all test images"),
});

const run = z.object({
  fold: z.number().int(),
  seed: z.number().int(),
  state: z.enum(["done", "failed"]),
  failure: z.string().optional(),
  checkpoint: z.object({ criterion: z.string(), step: z.number().int(), value }).optional(),
  criteria: z
    .array(criterionScores)
    .optional()
    .describe("the weights that were the best by each of several criteria; absent where there is one only"),
  before: criterionScores
    .pick({ threshold: true, validation: true, pooled: true })
    .optional()
    .describe("what the model scored that a fine-tuning started from; absent from other trainings"),
  threshold: z.number().describe("a pixel is called object above it"),
  steps: z.number().int().describe("that were made"),
  extended: z
    .array(z.number().int())
    .optional()
    .describe("steps after which the training was told to go on longer than it was planned; absent where it was not"),
  stopped: z
    .enum(["time", "patience"])
    .optional()
    .describe("what ended the training before its last step: its minutes were over, or it no longer got better"),
  seconds: z.number().describe("of training, by the clock"),
  processorSeconds: z.number().optional().describe("of training, by the processor: all cores together"),
  validation: values.describe(
    "at the chosen checkpoint; of an ensemble: each image combined of the members that it was a validation image of",
  ),
  pooled: values.describe("over all pixels of all test images"),
  perImage: z.array(
    z.object({
      image: z.string(),
      values,
      parts: z
        .record(z.string(), z.record(z.string(), z.number()))
        .optional()
        .describe("of each metric that has `fromParts`: what adds up over images, such as counts of pixels"),
    }),
  ),
  history: z.array(historyPoint),
  learnt: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .optional()
    .describe("what a baseline picked"),
  members: z.array(z.string()).optional().describe("the jobs an ensemble is made of"),
  weights: z.array(z.number()).optional().describe("what each member counts; absent: all the same"),
  predictions: z.string().describe("folder of 16-bit PNG probability maps, one for each test image"),
  validationPredictions: z
    .string()
    .optional()
    .describe("the same of validation images; absent from floors, ensembles and versions before it"),
});

const complexity = z
  .object({
    height: z.number().int(),
    width: z.number().int(),
    channels: z.number().int(),
    macs: z.number().describe("multiply-accumulates of convolutions"),
    flops: z
      .object({ conv: z.number(), tfProfiler: z.number(), allOp: z.number() })
      .describe("floating-point operations by three conventions: see @em-stellar/analysis"),
    unknownLayers: z
      .array(z.object({ name: z.string(), type: z.string() }))
      .describe("layers that do not say what they compute; with any, the numbers are lower bounds"),
  })
  .describe("what one prediction of an image of this size computes");

const method = z.object({
  name: z.string(),
  kind: z.enum(["network", "ensemble", "baseline"]),
  role: z.enum(["floor", "classifier"]).optional().describe("of a baseline; absent: a floor"),
  components: z.array(component).describe("the network with its loss and optimizer, or the one ensemble or baseline"),
  training: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("how it was trained, where the suite compares trainings"),
  trainingImages: z
    .number()
    .int()
    .optional()
    .describe("images of each fold that it learnt from, where the suite compares numbers of them"),
  sameAs: z
    .string()
    .optional()
    .describe("the method that is the same training under another name; absent where there is none"),
  parameters: z.object({ trainable: z.number().int(), nonTrainable: z.number().int() }).optional(),
  complexity: complexity
    .optional()
    .describe("of a network, for one training patch; absent from results of versions before it"),
  runs: z.array(run),
  pooled: values.describe("mean over the finished runs that have the score; null: none has it"),
});

const interval = z.object({ low: z.number(), high: z.number() });

const methodStatistics = z.object({
  method: z.string(),
  estimate: value.describe("of the score that was resampled"),
  interval: interval.nullable(),
  reason: z.string().optional().describe("why there is no interval"),
  rank: z
    .object({
      mean: z.number().describe("mean over the units of the rank on each, 1 for the best"),
      low: z.number().int().describe("lowest rank in the middle `level` of the resamples"),
      high: z.number().int().describe("highest rank there"),
      shares: z.array(z.number()).describe("share of resamples with rank 1, 2, …"),
    })
    .optional()
    .describe("among all methods of the metric; absent with one unit"),
  comparison: z
    .object({
      units: z.number().int().describe("units that both methods have a score on"),
      difference: value.describe("score of the leader less that of this method"),
      interval: interval.nullable().describe("of the difference"),
      p: z.number().describe("two-sided Wilcoxon signed-rank test over units"),
      adjusted: z.number().describe("p after Holm's correction for all comparisons with the leader"),
      better: z.enum(["leader", "method"]).nullable().describe("null: cannot be told apart at this level"),
    })
    .optional()
    .describe("with the leader; absent for the leader itself"),
});

const metricStatistics = z.object({
  resampled: z
    .enum(["pooled score", "mean over units"])
    .describe("the pooled score where the metric can be pooled again from parts, else the mean of the units' scores"),
  leader: z.string().nullable().describe("the method with the best pooled score, floors included"),
  decidable: z
    .boolean()
    .describe("whether a method that is better on every unit would be told from the leader, after correction"),
  methods: z.array(methodStatistics),
});

/** How sure scores are. */
export const statistics = z.object({
  level: z.number().describe("of every interval; comparisons are made at 1 - level"),
  units: z.object({
    kind: z.enum(["images", "groups"]).describe("what is resampled and compared, as a whole"),
    count: z.number().int(),
    note: z.string().optional().describe("what is to be known about them"),
  }),
  resamples: z.number().int().describe("bootstrap resamples"),
  exact: z.boolean().describe("whether they are all that there are, rather than drawn at random"),
  metrics: z.record(z.string(), metricStatistics),
  sentence: z
    .string()
    .describe("which methods can be told from the leader by the ranking metric, and on how many units"),
  criteria: z
    .array(
      z.object({
        criterion: z.string().describe("`loss` or a metric, on validation images"),
        runs: z.number().int().describe("trainings that have it and the test score"),
        correlation: value.describe("Spearman's, with the test score that ranks; 1: the better here, the better there"),
        interval: interval.nullable().describe("over trainings; null: too few of them"),
        chosen: z.number().optional().describe("mean test score of the weights that this criterion chose"),
      }),
    )
    .optional()
    .describe("how well scores on validation images predict that on test images; absent without networks"),
  detail: z
    .string()
    .optional()
    .describe(
      "the test behind the sentence and its numbers; absent where nothing was tested, and from results of versions before it",
    ),
});

const transfer = z.object({
  sources: z
    .array(
      z.object({
        name: z.string().describe("that of the suite stands for the suite's own data"),
        train: z.number().int().describe("images"),
        test: z.number().int(),
        hash: z.string().describe("SHA-256 over all pixels and masks, in order"),
      }),
    )
    .describe("the suite's own data first"),
  jobs: z
    .array(
      z.object({
        method: z.string(),
        fold: z.number().int(),
        seed: z.number().int(),
        state: run.shape.state,
        failure: z.string().optional(),
      }),
    )
    .describe("trainings on other data than the suite's own"),
  cells: z.array(
    z.object({
      method: z.string().describe("as it is called where it is trained on the suite's own data"),
      trainedOn: z.string(),
      testedOn: z.string(),
      trainings: z.number().int().describe("that the scores are the mean of"),
      scores: z.record(
        z.string(),
        z.object({
          mean: value,
          interval: interval.nullable().describe("of level `level`, over test images or groups"),
        }),
      ),
    }),
  ),
  level: z.number(),
});

/** The form of `results.json`. */
export const resultsSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  suite: z.string(),
  finished: z.string().describe("ISO 8601"),
  metrics: z.array(metricRecord),
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
        group: z.string().optional().describe("test images of one group resemble each other"),
      }),
    ),
  }),
  training: z.record(z.string(), z.unknown()).describe("what all trainings of the suite have in common"),
  environment: z.record(z.string(), z.string()).describe("versions, backend, device"),
  methods: z.array(method),
  transfer: transfer.optional().describe("absent where the suite has no `transferTo`"),
  statistics: statistics.optional().describe("absent from results of versions before it"),
  warnings: z.array(warningSchema),
});

/** Networks trained on some data and scored on other. */
export type Transfer = z.infer<typeof transfer>;
/** Everything a run found out: what `results.json` holds and a report is drawn from. */
export type Results = z.infer<typeof resultsSchema>;
/** One row of the ranking: a network, an ensemble or a baseline. */
export type MethodResult = Results["methods"][number];
/** One training of a method: a fold and a seed. */
export type RunResult = MethodResult["runs"][number];
/** How sure the scores are: intervals, comparisons with the leader, ranks. */
export type Statistics = z.infer<typeof statistics>;
/** The statistics of one metric. */
export type MetricStatistics = z.infer<typeof metricStatistics>;
/** The statistics of one method by one metric. */
export type MethodStatistics = z.infer<typeof methodStatistics>;
/** A metric as results record it. */
export type MetricRecord = z.infer<typeof metricRecord>;
/** A component as results record it. */
export type ComponentRecord = z.infer<typeof component>;
/** One line of a job's learning curve. */
export type HistoryPoint = z.infer<typeof historyPoint>;
