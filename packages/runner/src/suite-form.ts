import * as z from "zod";

/** A component as a suite writes it: its id, or its id with options. */
export const referenceForm = z.union([
  z.string(),
  z.strictObject({
    id: z.string(),
    options: z.record(z.string(), z.unknown()).default({}),
    kind: z.string().optional(),
    package: z.string().optional(),
    version: z.string().optional(),
  }),
]);
export type Reference = z.infer<typeof referenceForm>;

const oneOrMore = z.union([referenceForm, z.array(referenceForm)]);

const training = z
  .strictObject({
    initial: z.string().nullable(),
    patch: z.number(),
    batchSize: z.number(),
    microBatch: z.number().nullable(),
    recompute: z.boolean(),
    steps: z.number().nullable(),
    minutes: z.number().nullable(),
    validateEvery: z.number(),
    earlyStopping: z.strictObject({ patience: z.number(), by: z.string(), minChange: z.number() }).partial().nullable(),
    checkpoints: z.array(z.string()),
    clipGradients: z.number().nullable(),
    averageWeights: z.number().nullable(),
    foreground: z.number().nullable(),
    threshold: z.enum(["fixed", "validation"]),
    testTimeAugmentation: z.boolean(),
    normalization: z.strictObject({
      method: z.enum(["min-max", "z-score"]),
      scope: z.enum(["image", "training-set"]),
    }),
  })
  .partial();

/** A suite as JSON: what may stand where, before anything is looked up. */
export const suiteForm = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1).optional(),
  /** Read by whoever makes the registry. */
  plugins: z.array(z.string()).optional(),
  name: z.string(),
  data: referenceForm,
  transferTo: z.record(z.string(), referenceForm).optional(),
  networks: z.array(referenceForm),
  loss: oneOrMore,
  optimizer: oneOrMore,
  metrics: z.array(referenceForm),
  rankBy: z.string().optional(),
  folds: z.number().optional(),
  seeds: z.array(z.number()).optional(),
  split: z.strictObject({ grouped: z.boolean(), stratify: z.boolean(), seed: z.number() }).partial().optional(),
  training: z.union([training, z.array(training.extend({ name: z.string() }))]).optional(),
  trainingImages: z.array(z.number()).optional(),
  augmentation: z
    .strictObject({
      rotation: z.number(),
      shift: z.number(),
      shear: z.number(),
      zoom: z.number(),
      flipHorizontal: z.boolean(),
      flipVertical: z.boolean(),
      quarterTurns: z.boolean(),
      blur: z.number(),
      brightness: z.number(),
      contrast: z.number(),
      gamma: z.number(),
      noise: z.number(),
      cutOut: z.number(),
      elastic: z.number(),
      fill: z.enum(["constant", "reflect"]),
      validation: z.boolean(),
    })
    .partial()
    .nullable()
    .optional(),
  ensembles: z
    .array(
      z.strictObject({
        combine: referenceForm,
        top: z.number(),
        by: z.string(),
        select: z.enum(["best", "greedy", "folds"]).optional(),
        weights: z.enum(["equal", "score"]).optional(),
      }),
    )
    .optional(),
  baselines: z.array(referenceForm).optional(),
  backend: referenceForm.optional(),
  executor: referenceForm.optional(),
});
