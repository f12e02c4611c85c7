import type { MetricWords } from "@em-stellar/core";

const words: Readonly<Record<string, MetricWords>> = {
  jaccard: of("Jaccard", "pixels", true, { column: 9, positive: "object" }),
  f1: of("F1", "pixels", true, { column: 1, positive: "background" }),
  accuracy: of("Accuracy", "pixels", false, { column: 4, positive: "object" }),
  ppv: of("PPV", "pixels", true, { column: 7, positive: "background" }),
  "v-rand": of("V-Rand", "regions", false, { column: 2, positive: "object" }),
  "hausdorff-95": of("Hausdorff 95 %", "boundaries", false),
};

function of(
  label: string,
  family: MetricWords["family"],
  choosesPositive: boolean,
  paper?: MetricWords["paper"],
): MetricWords {
  return { label, meaning: `what ${label} means.`, family, choosesPositive, ...(paper && { paper }) };
}

/** The words of some metrics as a run records them; nothing for others, as in results of versions before there were words. */
export function wordsOf(id: string): { words?: MetricWords } {
  const found = words[id.split(":")[0] ?? ""];
  return found ? { words: found } : {};
}
