import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { csvOf } from "@em-stellar/core";
import type { Row } from "../../prediction/object-tables.js";
import { openAtomicFile } from "./atomic-file.js";

/** Writes the parts of a table, one for each input, as one file; all have the same header. */
export async function joinTable(folder: string, name: string, parts: readonly string[]): Promise<void> {
  const texts = await Promise.all(parts.map((path) => readFile(join(folder, path), "utf8")));
  const [header = ""] = texts.map((text) => text.slice(0, text.indexOf("\n") + 1));
  const file = await openAtomicFile(join(folder, name));
  await file.write([header, ...texts.map((text) => text.slice(header.length))].map((text) => encoder.encode(text)));
  await file.finish();
}

/** The bytes of a table. */
export function tableBytes(rows: readonly Row[]): Uint8Array {
  return encoder.encode(csvOf(rows));
}

const encoder = new TextEncoder();
