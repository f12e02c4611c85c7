import { csvOf, type Evaluation } from "@em-stellar/core";

/** The table of every number: for each method one row over all images, `(all)`, and one for each image. */
export function evaluationCsv({ methods, metrics }: Evaluation): string {
  const ids = metrics.map(({ id }) => id);
  const rows = methods.flatMap(({ name, pooled, perImage }) => [
    [name, "(all)", ...ids.map((id) => pooled[id] ?? "")],
    ...perImage.map((scores) => [name, scores.image ?? "", ...ids.map((id) => scores[id] ?? "")]),
  ]);
  return csvOf([["method", "image", ...ids], ...rows]);
}
