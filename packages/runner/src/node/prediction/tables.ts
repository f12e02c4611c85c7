import { join } from "node:path";
import { csvOf, decodeText } from "@em-stellar/core";
import { readPlainFile } from "@em-stellar/data/node";
import { type Row, shownColumns } from "../../prediction/object-tables.js";
import { openAtomicFile } from "./atomic-file.js";

/**
 * Writes the parts of a table, one for each input, as one file; all have the same header. Where the size of a pixel is known
 * for none of them, the columns that need it are left out.
 */
export async function joinTable(folder: string, name: string, parts: readonly string[]): Promise<void> {
  const texts = await Promise.all(parts.map((path) => readPlainFile(join(folder, path)).then(decodeText)));
  const [header = ""] = texts.map((text) => text.slice(0, text.indexOf("\n") + 1));
  const [names = []] = rowsIn(header);
  const firstRows = texts.flatMap((text) => {
    const [, first] = rowsIn(text); // all rows of an input have the same size of pixels
    return first ? [first] : [];
  });
  const columns = shownColumns(names, firstRows);
  const shown = (text: string) =>
    columns.length === names.length
      ? text
      : Array.from(rowsIn(text), (row) => `${columns.map((column) => row[column]).join(",")}\n`).join("");
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
