import { InputError, type RunStore, readSealed, schemaVersion, writeSealed } from "@em-stellar/core";
import * as z from "zod";

const sample = z.object({
  id: z.string(),
  group: z.string().optional(),
  stack: z.string().optional(),
  z: z.number().optional().describe("place in the stack"),
  width: z.number().int(),
  height: z.number().int(),
  channels: z.number().int(),
  bytes: z.number().int().describe("of memory for image and mask"),
  lowest: z.number().describe("value in the image"),
  highest: z.number(),
  objects: z.number().int().describe("object pixels of the mask"),
  ignored: z.number().int().optional().describe("pixels that the mask says nothing of; absent where there are none"),
  maximum: z.number().describe("what stands for certainty in the mask's map"),
  image: z.string().describe("SHA-256 of the image's pixels"),
  truth: z.string().describe("SHA-256 of the mask's values"),
});

const data = z.object({
  hash: z.string().describe("SHA-256 over all pixels and masks, in order, as in `manifest.json`"),
  foreground: z.number().describe("share of object pixels in the training masks"),
  train: z.array(sample),
  test: z.array(sample),
  settled: z.unknown().optional().describe("what the data source found out on the way"),
});

const folds = z
  .array(z.object({ train: z.array(z.number().int()), validation: z.array(z.number().int()) }))
  .describe("places in `data.train`, counted from 0");

/** The form of `plan.json`: what looking through all of the data once has found out, so that a job reads only its own images. */
export const planSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  suite: z.string(),
  planned: z.string().describe("ISO 8601"),
  opening: z
    .record(z.string(), z.unknown())
    .describe("what the program that planned the run needs to open it again from its folder"),
  initial: z
    .record(z.string(), z.string())
    .optional()
    .describe("the folder in the run of each model that trainings start from, by its path in the suite"),
  data,
  folds,
  transferTo: z.record(z.string(), z.object({ data, folds })).optional().describe("the suite's other data, by name"),
  jobs: z.array(z.object({ method: z.string(), fold: z.number().int(), seed: z.number().int() })),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});

/** A run laid out: samples, folds and jobs. */
export type Plan = z.infer<typeof planSchema>;

/** What a plan knows of a sample without a look at its pixels. */
export type PlannedSample = Plan["data"]["train"][number];

const file = "plan.json";

/** Stores a plan in the run folder. */
export async function writePlan(store: RunStore, plan: Plan): Promise<void> {
  await writeSealed(store, file, plan);
}

/** The plan in a run folder. Throws `InputError` where there is none, or one that cannot be used. */
export async function readPlan(store: Pick<RunStore, "location" | "read">): Promise<Plan> {
  const stored = await readSealed(store, file);
  if (stored === undefined) {
    throw new InputError(
      `${store.location} holds no planned run: ${file} is missing. Start the run once: it makes a plan first.`,
    );
  }
  const parsed = planSchema.safeParse(stored);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    `${store.location}/${file} does not have the format of this version (${issue?.path.join(".")}: ${issue?.message}). Start the run again to plan it again.`,
  );
}
