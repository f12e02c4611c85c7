import type { MadePage } from "./assemble.ts";

/** One entry of `em-stellar list --json`. */
export interface ListedComponent {
  readonly kind: string;
  readonly id: string;
  readonly summary: string;
  readonly citation?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly package: string;
}

/** One entry of `em-stellar complexity --json`, as far as a page shows it. */
export interface NetworkCost {
  readonly id: string;
  readonly trainable: number;
  readonly macs: number;
  readonly memory: { readonly inference: number; readonly training: number };
}

/** One network of docs/overfit.json, as far as a page shows it. */
export interface OverfitTrial {
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly runs: readonly { readonly steps: number | null }[];
}

const titles: Readonly<Record<string, string>> = {
  network: "Networks",
  loss: "Losses",
  optimizer: "Optimizers",
  metric: "Metrics",
  ensemble: "Ensembles",
  baseline: "Floors (baselines)",
  data: "Sources of data",
  format: "Image formats",
  executor: "Executors",
  backend: "Backends",
};

/** A page with every component that a suite can name. */
export function componentsPage(components: readonly ListedComponent[]): MadePage {
  const kinds = [...new Set(components.map(({ kind }) => kind))];
  const parts = kinds.map((kind) => {
    const rows = components
      .filter((component) => component.kind === kind)
      .map(({ id, summary, options, package: from }) => {
        const name = kind === "network" ? `[\`${id}\`](./networks/${id}.md)` : `\`${id}\``;
        return `| ${name} | ${escaped(summary)} | ${optionsIn(options)} | ${packageLink(from, ".")} |`;
      });
    return [
      `## ${titles[kind] ?? kind}`,
      "",
      "| id | what it is | options and defaults | package |",
      "| --- | --- | --- | --- |",
      ...rows,
    ].join("\n");
  });
  const text = `# Every component

What a suite can name, with the options and their defaults. \`npx em-stellar list\` prints the same for the version that you
have, together with the components of your plugins (\`--plugin\`).

${parts.join("\n\n")}
`;
  return { address: "components", text };
}

/** A page for each network (what it is, its source, options and costs), and one that lists them. */
export function networkPages(
  components: readonly ListedComponent[],
  costs: readonly NetworkCost[],
  trials: readonly OverfitTrial[],
): MadePage[] {
  const networks = components
    .filter(({ kind }) => kind === "network")
    .map((network) => {
      const cost = costs.find(({ id }) => id === network.id);
      if (!cost) throw new Error(`the costs of the network "${network.id}" are missing`);
      return { network, cost, trial: trials.find(({ id }) => id === network.id) };
    });
  const rows = networks.map(
    ({ network: { id, summary }, cost }) =>
      `| [\`${id}\`](./${id}.md) | ${escaped(summary)} | ${millions(cost.trainable)} M | ${billions(cost.macs)} G |`,
  );
  const text = `# Networks

[Which network, how many images, how long](../which-network.md) says where to start. Weights and multiply-accumulates are those
of the full width, for one image of 512 × 512 pixels; the option \`baseFilters\` makes a network narrower.

| network | what it is | trained weights | multiply-accumulates |
| --- | --- | --: | --: |
${rows.join("\n")}
`;
  const pages = networks.map(({ network, cost, trial }) => ({
    address: `networks/${network.id}`,
    text: networkPage(network, cost, trial),
  }));
  return [{ address: "networks/index", text }, ...pages];
}

function networkPage(network: ListedComponent, cost: NetworkCost, trial: OverfitTrial | undefined): string {
  const { id, summary, citation, options, package: from } = network;
  const steps = trial?.runs.flatMap((run) => run.steps ?? []) ?? [];
  const learns =
    trial && steps.length > 0
      ? `\nIt learns one image patch by heart within ${Math.min(...steps)} to ${Math.max(...steps)} steps, with ${optionsIn({ baseFilters: trial.options.baseFilters })}: [how this is measured](../overfit.md).\n`
      : "";
  const rows = Object.entries(options).map(([name, value]) => `| \`${name}\` | \`${JSON.stringify(value)}\` |`);
  return `# ${id}

${escaped(summary)}.${citation ? `\n\nSource: ${escaped(citation)}.` : ""}

\`\`\`json
{ "networks": ["${id}"] }
\`\`\`

| cost at full width | for one image of 512 × 512 pixels |
| --- | --: |
| trained weights | ${millions(cost.trainable)} M |
| multiply-accumulates | ${billions(cost.macs)} G |
| memory of feature maps, predicting | ${(cost.memory.inference / 1e6).toFixed(0)} MB |
| memory of feature maps, training | ${(cost.memory.training / 1e9).toFixed(1)} GB |

[What networks cost](../complexity.md) compares all networks, and [Which network](../which-network.md) says where to start.
${learns}
## Options

| option | default |
| --- | --- |
${rows.join("\n")}

${packageLink(from, "..")} explains the options.
`;
}

const billions = (count: number) => (count / 1e9).toFixed(1);
const millions = (count: number) => (count / 1e6).toFixed(1);
const escaped = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

function optionsIn(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([name, value]) => `\`${name}: ${JSON.stringify(value)?.replaceAll("|", "\\|")}\``)
    .join(", ");
}

function packageLink(name: string, up: string): string {
  const [short] = name.replace("@em-stellar/", "").split("/"); // without an entry such as `/node`
  return `[${name}](${up}/packages/${short}.md)`;
}
