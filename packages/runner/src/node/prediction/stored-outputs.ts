import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { InputError } from "@em-stellar/core";
import { type ImageReader, readPlainFile } from "@em-stellar/data/node";
import type { OutputFile } from "./output-files.js";

/** SHA-256 of files of the output folder, by path. */
export type Checksums = Readonly<Record<string, string>>;

/** The checksums of those of some files that are there. A path that leads out of the folder has none. */
export async function checksumsOf(folder: string, paths: readonly string[]): Promise<Checksums> {
  const checksums: Record<string, string> = {};
  for (const path of paths) {
    const file = join(folder, path);
    const isInside = !path.split(/[\\/]/).includes("..");
    if (isInside && (await isFile(file))) checksums[path] = await checksumOf(file);
  }
  return checksums;
}

/**
 * Those of some files that are to be made: they are missing, or not as they were written, of which `tell` is told in a sentence. A
 * file without a checksum was made by a call that did not end: it must be readable to its end.
 */
export async function toBeMade(
  files: readonly OutputFile[],
  folder: string,
  checksums: Checksums,
  reader: ImageReader,
  tell: (sentence: string) => void,
): Promise<OutputFile[]> {
  const needed: OutputFile[] = [];
  for (const file of files) {
    const path = join(folder, file.path);
    const there = await stat(path).catch(() => undefined);
    const problem = there && (await problemOf(path, checksums[file.path], reader));
    if (problem !== undefined) tell(`${path} has changed since it was written: ${problem}. It is made again.`);
    if (!there || problem !== undefined) needed.push(file);
  }
  return needed;
}

async function problemOf(path: string, checksum: string | undefined, reader: ImageReader): Promise<string | undefined> {
  if (!(await isFile(path))) return "it is not a regular file";
  if (checksum !== undefined) {
    return (await checksumOf(path)) === checksum ? undefined : "its checksum is not the one that was recorded";
  }
  if (path.endsWith(".csv")) return (await readPlainFile(path)).at(-1) === 10 ? undefined : "it is cut short";
  try {
    for (const place of await reader.findPages(path, "it")) await reader.readPage(place);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message.replace(/\. .*$|\.$/s, "");
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

async function checksumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
