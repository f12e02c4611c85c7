import type { Understanding } from "@em-stellar/data";
import type { Budget } from "@em-stellar/runner";

/** A suite before it has a budget. */
export interface Draft {
  readonly name: string;
  readonly understanding: Understanding;
  readonly networks: readonly { readonly id: string; readonly options: object }[];
  readonly patch: number;
}

/** The fields of a suite as JSON has them. */
export function suiteOf(
  { name, understanding, networks, patch }: Draft,
  { steps, validateEvery }: Omit<Budget, "seconds">,
) {
  const { data, options, folds, foldsSplitGroups, someAreEmpty } = understanding;
  const split = { ...(someAreEmpty && { stratify: true }), ...(foldsSplitGroups && { grouped: false }) };
  return {
    name,
    data: { id: data.id, options },
    networks,
    loss: "binary-cross-entropy",
    optimizer: { id: "radam", options: { learningRate: 0.005 } },
    metrics: ["jaccard", "f1"],
    folds,
    ...(Object.keys(split).length > 0 && { split }),
    training: { patch, batchSize: 4, steps, validateEvery, checkpoints: ["jaccard"] },
    baselines: ["constant", "otsu", "smoothed-threshold"],
  };
}

const comments: Readonly<Record<string, string>> = {
  name: "Names the run folder: runs/NAME.",
  data: "Where images and masks are. Paths start from the folder of this file.",
  networks: "Networks to compare. Narrow ones, for a first answer; `npx em-stellar list network` shows all.",
  loss: "What training minimizes, and how.",
  metrics: "Scores; the first one orders the networks. `npx em-stellar list metric` shows all.",
  folds: "Each network is trained this many times, each time validated on another part of the training images.",
  training: "The budget, which is the same for every network. Twice as many steps take twice as long.",
  baselines: "Floors: simple methods without a network. A network has to beat them to be useful.",
};

/** A suite as a commented file. */
export function suiteText(draft: Draft, budget: Budget, told: readonly string[]): string {
  const fields = Object.entries(suiteOf(draft, budget)).map(([field, value]) => {
    const comment = comments[field] === undefined ? "" : `  // ${comments[field]}\n`;
    const json = JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");
    return `${comment}  ${JSON.stringify(field)}: ${json}`;
  });
  const head = told.map((line) => `// ${line}`);
  return `${head.join("\n")}\n{\n${fields.join(",\n")}\n}\n`;
}
