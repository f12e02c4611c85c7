import { existsSync } from "node:fs";
import { join } from "node:path";
import { DamagedFileError, InputError, readSealed, schemaVersion } from "@em-stellar/core";
import { shown } from "@em-stellar/data/node";
import * as z from "zod";
import { folderReader } from "../folder-store.js";

/** The file that makes a folder of models an ensemble. */
export const ensembleFile = "ensemble.json";

const ensembleForm = z.object({
  kind: z.literal("ensemble"),
  schemaVersion: z.literal(schemaVersion),
  name: z.string().describe("of the method in its run"),
  suite: z.string(),
  combine: z.object({ id: z.string(), options: z.record(z.string(), z.unknown()) }),
  members: z
    .array(z.string().regex(/^members\/[\w.-]+$/, "must be a folder in `members`"))
    .min(1)
    .describe("folders of models, relative to this one"),
  weights: z.array(z.number()).optional().describe("what each member counts; absent: all the same"),
  validation: z.record(z.string(), z.number().nullable()).optional().describe("its scores on validation images"),
});

/** How models in a folder make one prediction: what `ensemble.json` holds. */
export type EnsembleNotes = z.infer<typeof ensembleForm>;

/** Whether a folder holds an ensemble. */
export function isEnsemble(folder: string): boolean {
  return existsSync(join(folder, ensembleFile));
}

/** The notes of the ensemble in a folder. Throws `InputError`. */
export async function readEnsemble(folder: string): Promise<EnsembleNotes> {
  let json: object | undefined;
  try {
    json = await readSealed(folderReader(folder), ensembleFile, "Export the ensemble again.");
  } catch (error) {
    if (error instanceof DamagedFileError) throw new InputError(error.message);
    throw error;
  }
  const parsed = ensembleForm.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
  throw new InputError(`${shown(join(folder, ensembleFile))} cannot be used: ${problems.join("; ")}.`);
}
