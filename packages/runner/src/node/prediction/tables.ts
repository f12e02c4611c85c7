import { join } from "node:path";
import { csvOf, decodeText } from "@em-stellar/core";
import { readPlainFile } from "@em-stellar/data/node";
import type { Row } from "../../prediction/object-tables.js";
import { openAtomicFile } from "./atomic-file.js";

/**
 * Writes the parts of a table, one for each input, as one file; all have the same header. Where the size of a pixel is known
 * for none of them, the columns that need it are left out.
 */
export async function joinTable(folder: string, name: string, parts: readonly string[]): Promise<void> {
  const texts = await Promise.all(parts.map((path) => readPlainFile(join(folder, path)).then(decodeText)));
  const [header = ""] = texts.map((text) => text.slice(0, text.indexOf("\n") + 1));
  const [names = []] = rowsIn(header);
  const needsSize = (column: number) => /_(?:nm|um)2?$/.test(names[column] ?? "");
  const isKnown = texts.some((text) => {
    const [, first = []] = rowsIn(text); // all rows of an input have the same size of pixels
    return first.some((cell, column) => cell !== "" && needsSize(column));
  });
  const shown = (text: string) =>
    isKnown
      ? text
      : Array.from(rowsIn(text), (row) => `${row.filter((_, column) => !needsSize(column)).join(",")}\n`).join("");
  const file = await openAtomicFile(join(folder, name));
  const all = [header, ...texts.map((text) => text.slice(header.length))];
  await file.write(all.map((text) => encoder.encode(shown(text))));
  await file.finish();
}

/** The cells of each row, as they are written: in quotes where they need them. */
function* rowsIn(text: string): Generator<string[], undefined> {
  let row: string[] = [];
  for (const [, cell = "", end] of text.matchAll(/("(?:[^"]|"")*"|[^",\n]*)([,\n])/g)) {
    row.push(cell);
    if (end === ",") continue;
    yield row;
    row = [];
  }
}

/** The bytes of a table. */
export function tableBytes(rows: readonly Row[]): Uint8Array {
  return encoder.encode(csvOf(rows));
}

const encoder = new TextEncoder();
