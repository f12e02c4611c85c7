import { InputError, schemaVersion } from "@em-stellar/core";
import * as z from "zod";

const component = z.object({
  kind: z.string(),
  id: z.string(),
  options: z.record(z.string(), z.unknown()),
  package: z.string().optional(),
  version: z.string().optional(),
});

/** Beyond it, normalised values are no 32-bit floats any more. */
const largest = 1e30;

const normalization = z
  .object({
    method: z.enum(["min-max", "z-score"]),
    scope: z.enum(["image", "training-set"]),
    offset: z
      .number()
      .min(-largest)
      .max(largest)
      .exactOptional()
      .describe("of the training set: normalised = (value − offset) · scale"),
    scale: z
      .number()
      .min(1 / largest)
      .max(largest)
      .exactOptional(),
  })
  .refine(({ scope, offset, scale }) => scope === "image" || (offset !== undefined && scale !== undefined), {
    message: 'needs "offset" and "scale" for the scope "training-set"',
  });

const training = z.object({
  suite: z.string(),
  method: z.string(),
  fold: z.number().int().describe("counted from 0"),
  seed: z.number().int(),
  criterion: z.string().describe("`loss` or the score that these weights were the best by, on validation images"),
  value: z.number().nullable().describe("null: the last weights, where no criterion ever had a value"),
  step: z.number().int(),
  images: z.number().int().describe("training images"),
  lowest: z.number().describe("value in them"),
  highest: z.number(),
  dataHash: z.string().describe("SHA-256 over all images and masks of the suite, as in `manifest.json`"),
});

/** The form of `segmentation.json`, which lies beside a model. Only the normalisation cannot be left out. */
const modelNotesSchema = z.object({
  schemaVersion: z.literal(schemaVersion).exactOptional(),
  normalization,
  threshold: z.number().min(0).lt(1).default(0.5).describe("a pixel is called object above it"),
  testTimeAugmentation: z
    .boolean()
    .exactOptional()
    .describe("whether the mean over 8 turned and mirrored images was validated and tested"),
  stride: z.number().int().positive().exactOptional().describe("sides of an input are multiples of it"),
  channels: z.number().int().positive().exactOptional(),
  network: component.exactOptional(),
  loss: component.exactOptional(),
  optimizer: component.exactOptional(),
  citation: z.string().exactOptional().describe("the publication to cite for the network"),
  training: training.exactOptional(),
  environment: z.record(z.string(), z.string()).exactOptional().describe("versions, backend, device of the training"),
  saved: z.string().exactOptional().describe("ISO 8601"),
  files: z.record(z.string(), z.string()).exactOptional().describe("SHA-256 of the files beside it"),
});

/** What must go with a model's weights for its predictions to mean anything, and where the model comes from. */
export type ModelNotes = z.infer<typeof modelNotesSchema>;

/** The notes in a `segmentation.json`; throws `InputError` naming what is wrong with them. `name` is what messages call the file. */
export function parseModelNotes(json: unknown, name = "segmentation.json"): ModelNotes {
  const parsed = modelNotesSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
  throw new InputError(`${name} cannot be used: ${problems.join("; ")}.`);
}
