import { type NetworkRow, type OverfitResult, wanted } from "./result.js";

/** docs/overfit.md. */
export function table({ patch, networks }: OverfitResult): string {
  const { image, x, y, side, objectShare, thresholdJaccard } = patch;
  const share = (100 * objectShare).toFixed(0);
  return `# Every network can overfit

A network that cannot learn one patch by heart has a fault, whatever its scores. So each built-in network is trained on a
single patch of the cardiac data set: ${side} × ${side} pixels of training image ${image} at column ${x} and row ${y}, ${share} % mitochondria. The
best threshold on the grey value reaches a Jaccard index of ${thresholdJaccard.toFixed(2)} there. The network is narrow, with a batch-normalisation
momentum of 0.9 and without dropout. It must reach a Jaccard index above ${wanted.jaccard} in inference mode (moving averages, threshold
0.5) within ${wanted.steps} steps, from at least one of the seeds ${wanted.seeds.join(", ")}. The loss is binary cross-entropy. The optimizer is Adam, with
a warm-up over a tenth of the ${wanted.steps} steps and a linear decay. Every tenth step is checked, and the training ends when it has
reached ${wanted.jaccard}.

| network | \`baseFilters\` | \`head\` | learning rate | steps to ${wanted.jaccard}, by seed | Jaccard, by seed | seconds |
| --- | --: | --- | --: | --- | --- | --: |
${networks.map(row).join("\n")}

If no steps are given, ${wanted.steps} were not enough. The seconds are for all seeds, on a machine with other work to do.
[overfit.json](overfit.json) has the other settings and the dates. \`npm run overfit\` measures what is missing or was changed; it
needs the data: see [CONTRIBUTING.md](../CONTRIBUTING.md).
`;
}

function row({ id, options, optimizer, runs }: NetworkRow): string {
  const { baseFilters, head } = options;
  const steps = runs.map(({ steps }) => steps ?? "–");
  const jaccards = runs.map(({ jaccard }) => jaccard.toFixed(4));
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0).toFixed(0);
  const cells = [
    id,
    baseFilters,
    head ?? "",
    optimizer.options.learningRate,
    steps.join(", "),
    jaccards.join(", "),
    seconds,
  ];
  return `| ${cells.join(" | ")} |`;
}
