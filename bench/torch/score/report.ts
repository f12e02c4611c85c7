import { differenceOf, meanOf } from "./means.js";
import type { Training } from "./training.js";

/** The trainings of both sides, in the order of their seeds. */
export interface Sides {
  readonly ours: readonly Training[];
  readonly torch: readonly Training[];
}

/** A table in Markdown: each seed of both sides, and their means with standard deviations. */
export function tableOf({ ours, torch }: Sides): string {
  const sides = [ours, torch];
  const spread = (values: readonly number[], digits: number) => {
    const { mean, deviation } = meanOf(values);
    return values.length > 1 ? `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}` : mean.toFixed(digits);
  };
  const columns = (of: (trainings: readonly Training[], pick: keyof Training, digits: number) => string) =>
    sides.flatMap((side) => [of(side, "jaccard", 4), of(side, "loss", 4), of(side, "processorSeconds", 1)]);
  const rows = ours.map(({ seed }) => [
    `${seed}`,
    ...columns((side, pick, digits) => side.find((each) => each.seed === seed)?.[pick].toFixed(digits) ?? ""),
  ]);
  const means = columns((side, pick, digits) =>
    spread(
      side.map((each) => each[pick]),
      digits,
    ),
  );
  const head = ["EM-stellar", "PyTorch"].flatMap((side) => [`${side}: Jaccard`, "mean loss", "processor, s"]);
  const body = [["seed", ...head], ["---", ...head.map(() => "---:")], ...rows, ["mean ± sd", ...means]];
  return body.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** How far the means of the scores are apart. */
export function conclusionOf({ ours, torch }: Sides): string {
  if (ours.length < 2) return "One seed says nothing about the difference.";
  const [here, there] = [ours, torch].map((side) => side.map(({ jaccard }) => jaccard)) as [number[], number[]];
  const { difference, low, high } = differenceOf(here, there);
  return `Difference of the mean Jaccard indices, EM-stellar minus PyTorch: ${difference.toFixed(4)}, 95 % interval ${low.toFixed(4)} to ${high.toFixed(4)} (Welch).`;
}
