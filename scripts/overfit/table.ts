import { type NetworkRow, type OverfitResult, wanted } from "./result.js";

/** docs/overfit.md. */
export function table({ patch, networks }: OverfitResult): string {
  const { image, x, y, side, objectShare, thresholdJaccard } = patch;
  const share = (100 * objectShare).toFixed(0);
  return `# Every network can overfit

A network that cannot learn one patch by heart has a fault, whatever it scores. Each built-in network, made narrow, with a
batch-normalisation momentum of 0.9 and without dropout, is trained on one patch of the cardiac data set alone: ${side} × ${side}
pixels of training image ${image} from column ${x} and row ${y} on, ${share} % mitochondria, where the best threshold on the grey
value reaches a Jaccard index of ${thresholdJaccard.toFixed(2)}. It must reach one above ${wanted.jaccard} in inference mode (moving averages, threshold
0.5) within ${wanted.steps} steps, from one of the seeds ${wanted.seeds.join(", ")} at least. The loss is binary cross-entropy, the optimizer Adam with
a tenth of the ${wanted.steps} steps to warm up and a linear decay; a run ends where it is there, which is looked at every tenth step.

| network | \`baseFilters\` | \`head\` | learning rate | steps to ${wanted.jaccard}, by seed | Jaccard, by seed | seconds |
| --- | --: | --- | --: | --- | --- | --: |
${networks.map(row).join("\n")}

Where there are no steps, ${wanted.steps} were not enough. Seconds are of all seeds, on a machine with other work to do. What else was
used, and when: [overfit.json](overfit.json). \`npm run overfit\` measures anew what is missing or was changed, and needs
the data: see [CONTRIBUTING.md](../CONTRIBUTING.md).
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
