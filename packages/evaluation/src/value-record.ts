import type { Evaluation } from "@em-stellar/core";
import type { ValueCensus, ValueReading } from "@em-stellar/data";

/** How results record what the numbers of a set are, and what they were taken for. */
export function recordOfValues(
  files: readonly ValueCensus[],
  readings: readonly ValueReading[],
): Evaluation["data"]["stored"] {
  const lowest = files.reduce((low, file) => Math.min(low, file.lowest), Number.POSITIVE_INFINITY);
  const highest = files.reduce((high, file) => Math.max(high, file.highest), Number.NEGATIVE_INFINITY);
  const format = [...new Set(files.map(formatOf))].join(" and ");
  const [first] = readings;
  const labels = first && (first.object === "nonzero" || !("white" in first.object)) ? first.object : undefined;
  return {
    format,
    lowest,
    highest,
    ...(labels === undefined
      ? { white: whiteOf(files, readings) }
      : { labels: labels === "nonzero" ? labels : [...labels] }),
    ...(readings.some(({ turned }) => turned) && { turned: readings.filter(({ turned }) => turned).length }),
    ...(first && first.ignore !== null && { ignored: first.ignore }),
  };
}

/** `8-bit greys`. */
function formatOf({ numbers, bits }: ValueCensus): string {
  if (numbers === "floats") return "floating-point or signed numbers";
  return numbers === "labels" ? "indices of a colour table" : `${bits}-bit greys`;
}

/** The number that stands for certainty in all files; `null` where each file's type tells it. */
function whiteOf(files: readonly ValueCensus[], readings: readonly ValueReading[]): number | null {
  const whites = new Set<number | null>();
  readings.forEach(({ object }, i) => {
    const file = files[i] as ValueCensus; // one for each
    if (typeof object === "string" || !("white" in object) || file.highest === 0) return;
    whites.add(object.white === file.fullRange && file.fullRange > 1 ? null : object.white);
  });
  const [only = 1] = whites;
  return whites.size > 1 ? null : only;
}
