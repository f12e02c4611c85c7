import type { OpenRun } from "@em-stellar/runner";
import { count } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { textTable } from "../terminal/text-table.js";

/** Prints what was read of the data: a line for each image, with its group and fold and the object share of its mask, and the warnings. */
export function printData({ plan, folds }: Pick<OpenRun, "plan" | "folds">, terminal: Terminal): void {
  const { suite, data, warnings } = plan;
  const { train, test, foreground } = data;
  const groups = new Set(train.flatMap(({ group }) => (group === undefined ? [] : [group]))).size;
  terminal.print(
    `${suite}: ${count(train.length, "training image")}${groups > 0 ? ` in ${count(groups, "group")}` : ""}, ${percent(foreground)} object, and ${count(test.length, "test image")}; ${count(folds.length, "fold")}\n`,
  );
  const parts = [
    ...train.map((sample, place) => ({ sample, part: partOf(place, folds) })),
    ...test.map((sample) => ({ sample, part: "test" })),
  ];
  const rows = parts.map(({ sample, part }) => {
    const { id, group = "", width, height, objects, ignored = 0 } = sample;
    const share = percent(objects / (width * height - ignored));
    const left = ignored === 0 ? "" : percent(ignored / (width * height));
    return [id, group, part, `${width} × ${height}`, share, left];
  });
  const wanted = ["image", "group", "part", "size", "object", "ignored"];
  const columns = wanted.flatMap((_, column) => (rows.some((row) => row[column] !== "") ? [column] : []));
  const pick = (row: readonly string[]) => columns.map((column) => row[column] as string); // a cell for each name
  terminal.print(textTable(pick(wanted), rows.map(pick), rows.length, [0]));
  for (const [name, { data: other }] of Object.entries(plan.transferTo ?? {})) {
    terminal.print(
      `\n${name}, to transfer to: ${count(other.train.length, "training image")}, ${percent(other.foreground)} object, and ${count(other.test.length, "test image")}`,
    );
  }
  if (warnings.length === 0) {
    terminal.print("\nNo image is nearly another one across a split, and nothing else is odd.");
  }
  for (const { message } of warnings) terminal.print(`! ${message}`);
  terminal.print("");
}

/** In which folds a training image validates; in the others it is learnt from. */
function partOf(place: number, folds: OpenRun["folds"]): string {
  const validates = folds.flatMap(({ validation }, fold) => (validation.includes(place) ? [fold] : []));
  const learns = folds.some(({ train }) => train.includes(place));
  if (validates.length === 0) return learns ? "training" : "left out by the gap";
  return validates.length === folds.length && !learns ? "validation" : `fold ${validates.join(", ")}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
