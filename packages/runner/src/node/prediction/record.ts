import { existsSync } from "node:fs";
import { readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError, parseJson, schemaVersion } from "@em-stellar/core";
import * as z from "zod";
import { folderReader } from "../folder-store.js";
import { openAtomicFile } from "./atomic-file.js";
import type { InputFile } from "./inputs.js";

/** The file that says how the predictions beside it were made. */
const recordFile = "predictions.json";

const recordedInput = z.object({
  name: z.string(),
  file: z.string(),
  pages: z.number(),
  bytes: z.number(),
  modified: z.string(),
  results: z.array(z.string()).describe("relative to the folder"),
});

const recordForm = z.object({
  kind: z.literal("predictions"),
  schemaVersion: z.literal(schemaVersion),
  settings: z
    .record(z.string(), z.union([z.string(), z.number()]).nullable())
    .describe("all that a stored value depends on"),
  checkpoint: z.string().describe("where the model was"),
  model: z.unknown().describe("its notes"),
  environment: z.record(z.string(), z.string()),
  inputs: z.array(recordedInput),
  checksums: z
    .record(z.string(), z.string())
    .optional()
    .describe("SHA-256 of the results by path; absent until they are complete"),
  tables: z.array(z.string()).optional().describe("over all inputs, relative to the folder"),
});

/** Where predictions come from. */
export type PredictionRecord = z.infer<typeof recordForm>;

/** A file that was predicted, or is to be. */
type RecordedInput = PredictionRecord["inputs"][number];

/** An input as it is recorded. */
export function recorded({ name, file, pages, bytes, modified }: InputFile, results: readonly string[]): RecordedInput {
  return { name, file, pages: pages.length, bytes, modified, results: [...results] };
}

/** Throws `InputError` where there are predictions made with other settings, or results of another image under the same name. */
export function requireSamePredictions(
  folder: string,
  record: PredictionRecord,
  settings: PredictionRecord["settings"],
  inputs: readonly RecordedInput[],
): void {
  const remedy = "Choose another folder with `out`, or replace all that is there with `fresh`.";
  for (const key of Object.keys({ ...record.settings, ...settings })) {
    const [before, now] = [record.settings[key] ?? "none", settings[key] ?? "none"];
    if (before === now) continue;
    const how = key === "model" ? "of another model" : `made with another \`${key}\` (${before} there, ${now} here)`;
    throw new InputError(`${folder} holds predictions ${how}. ${remedy}`);
  }
  for (const { name, file, bytes, modified } of inputs) {
    const before = record.inputs.find((input) => input.name === name);
    const stored = before?.results.find((path) => existsSync(join(folder, path)));
    if (!before || stored === undefined) continue;
    if (before.file !== file) {
      throw new InputError(`${join(folder, stored)} is the prediction of ${before.file}, not of ${file}. ${remedy}`);
    }
    if (before.bytes !== bytes || before.modified !== modified) {
      throw new InputError(`${file} has changed since it was predicted to ${join(folder, stored)}. ${remedy}`);
    }
  }
}

/** Removes what earlier calls left, and nothing else. */
export async function removePredictions(folder: string, record: PredictionRecord): Promise<void> {
  // Written by this command, but a file that somebody may have changed.
  const all = [...record.inputs.flatMap((input) => input.results), ...(record.tables ?? [])];
  const results = all.filter((path) => !path.split(/[\\/]/).includes(".."));
  for (const path of results) await rm(join(folder, path), { force: true });
  const folders = new Set(
    results.flatMap((path) => [dirname(path), dirname(dirname(path))]).filter((path) => path !== "."),
  );
  // Deepest first; one that holds something else stays.
  for (const path of [...folders].sort((a, b) => b.length - a.length)) await rmdir(join(folder, path)).catch(() => {});
  await rm(join(folder, recordFile), { force: true });
}

/** What earlier calls left in a folder: undefined where it is new or empty. Throws `InputError` where it holds something else. */
export async function readRecord(folder: string): Promise<PredictionRecord | undefined> {
  const entries = await readdir(folder).catch((error: unknown): string[] => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new InputError(
      `${folder} cannot be used (${error instanceof Error ? error.message : error}). Choose another folder with \`out\`.`,
    );
  });
  const kept = entries.filter((name) => !name.endsWith(".writing"));
  if (kept.length === 0) return undefined;
  const bytes = await folderReader(folder).read(recordFile);
  if (bytes) {
    const parsed = recordForm.safeParse(parseJson(bytes, join(folder, recordFile)));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new InputError(
      `${join(folder, recordFile)} is not what em-stellar predict writes (${issue?.path.join(".")}: ${issue?.message}). Choose another folder with \`out\`, or remove this one.`,
    );
  }
  const some = kept.slice(0, 3).join(", ") + (kept.length > 3 ? ", …" : "");
  throw new InputError(
    `${folder} holds files (${some}) but no predictions. Choose a new or an empty folder with \`out\`.`,
  );
}

/** Writes the record, whole or not at all. */
export async function writeRecord(folder: string, record: PredictionRecord): Promise<void> {
  const file = await openAtomicFile(join(folder, recordFile));
  await file.write([new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`)]);
  await file.finish();
}

/** Removes what a crash left half written. */
export async function removeUnfinished(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const path of await readdir(folder, { recursive: true })) {
    if (path.endsWith(".writing")) await rm(join(folder, path), { force: true });
  }
}
