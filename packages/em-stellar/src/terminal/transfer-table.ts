import type { Results } from "@em-stellar/core";
import { textTable } from "./text-table.js";

/**
 * What networks trained on each of the suite's data score on the test images of all of them, by the ranking metric: a row for each
 * network and what it was trained on, a column for what it was tested on. Undefined where there is one source of data.
 */
export function transferTable({ transfer, rankedBy }: Pick<Results, "transfer" | "rankedBy">): string | undefined {
  if (!transfer) return undefined;
  const names = transfer.sources.map(({ name }) => name);
  const methods = [...new Set(transfer.cells.map(({ method }) => method))];
  const rows = methods.flatMap((method) =>
    names.map((trainedOn) => [
      method,
      trainedOn,
      ...names.map((testedOn) => {
        const cell = transfer.cells.find(
          (each) => each.method === method && each.trainedOn === trainedOn && each.testedOn === testedOn,
        );
        return scoreText(cell?.scores[rankedBy]);
      }),
    ]),
  );
  const header = ["method", "trained on", ...names.map((name) => `tested on ${name}`)];
  return `${rankedBy} by what was trained on and tested on:\n${textTable(header, rows, rows.length, [0, 1])}`;
}

function scoreText(score: { mean: number | null; interval: { low: number; high: number } | null } | undefined): string {
  if (!score || score.mean === null) return "n/a";
  const { mean, interval } = score;
  return `${mean.toFixed(3)}${interval ? ` (${interval.low.toFixed(3)}–${interval.high.toFixed(3)})` : ""}`;
}
