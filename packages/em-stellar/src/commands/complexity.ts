import { type Complexity, complexity as count } from "@em-stellar/analysis/complexity";
import { type AnyFactory, type AnyRegistry, InputError, NoSuchComponentError } from "@em-stellar/core";
import type { Network } from "@em-stellar/core/training";
import { builtins } from "../registry.js";
import { startDevice } from "../start-device.js";
import { loadSuite } from "../suite-file.js";
import { amount, size as bytes } from "../terminal/format.js";
import { roomOf, type Terminal } from "../terminal/terminal.js";
import { fittingTable } from "../terminal/text-table.js";
import { wrapped } from "../terminal/wrap.js";

export interface ComplexityOptions {
  /** Side of the image; by default that of the suite's patches, or 512. */
  readonly size?: number;
  readonly channels: number;
  /** A suite whose networks, with their options, are counted rather than the built-in ones. */
  readonly suite?: string;
  /** Tell layer by layer. */
  readonly layers?: boolean;
  readonly json?: boolean;
}

/** A network, and what to call it: its id and the options that are not the defaults. */
interface Named {
  readonly name: string;
  readonly network: Network;
}

/** `em-stellar complexity [NETWORK…]`: what networks cost, counted from their layers without running them. */
export async function complexity(
  ids: readonly string[],
  options: ComplexityOptions,
  terminal: Terminal,
): Promise<void> {
  const { networks, patch } = options.suite === undefined ? ofBuiltins(ids) : await ofSuite(options.suite, ids);
  const side = options.size ?? patch;
  const device = await startDevice({ backend: "cpu", allowSoftware: false }, builtins); // weights are zeros, never computed with
  try {
    const counted = networks.map(({ name, network }) => {
      return { name, network, cost: count(network, [side, side, options.channels]) };
    });
    if (options.json) {
      const rows = counted.map(({ network: { id, options: given }, cost: { layers, ...cost } }) => {
        const image = { height: side, width: side, channels: options.channels };
        return { id, options: given, ...image, ...cost, ...(options.layers && { layers }) };
      });
      terminal.print(JSON.stringify(rows, null, 2));
      return;
    }
    const channels = `${options.channels} channel${options.channels === 1 ? "" : "s"}`;
    terminal.print(`One image of ${side} × ${side} pixels with ${channels}:\n`);
    const columns = roomOf(terminal);
    for (const { name, cost } of options.layers ? counted : []) {
      terminal.print(`${name}\n${layerTable(cost, columns)}\n`);
    }
    terminal.print(table(counted, columns));
    terminal.print();
    for (const [word, meaning] of legend) terminal.print(entry(word, meaning, Math.min(columns, 96)));
    for (const { name, cost } of counted) {
      if (cost.unknownLayers.length === 0) continue;
      const unknown = cost.unknownLayers.map((layer) => `${layer.name} (${layer.type})`);
      terminal.print(
        `! ${name}: lower bounds (≥), because these layers do not say what they compute: ${unknown.join(", ")}.`,
      );
    }
  } finally {
    await device.dispose();
  }
}

function ofBuiltins(ids: readonly string[]): { networks: Named[]; patch: number } {
  const factories: readonly AnyFactory<Network>[] =
    ids.length === 0 ? builtins.list("network") : ids.map((id) => builtins.lookup("network", id));
  return { networks: factories.map((factory) => ({ name: factory.id, network: factory() })), patch: 512 };
}

async function ofSuite(file: string, ids: readonly string[]): Promise<{ networks: Named[]; patch: number }> {
  const { suite, registry } = await loadSuite(file);
  const listed = suite.networks.map(({ id }) => id);
  for (const id of ids) {
    if (!listed.includes(id)) throw new NoSuchComponentError("network", id, [...new Set(listed)]);
  }
  if (listed.length === 0) throw new InputError(`${file} names no network.`);
  const networks = suite.networks.filter(({ id }) => ids.length === 0 || ids.includes(id));
  return {
    networks: networks.map((network) => ({ name: nameOf(network, registry), network })),
    patch: Math.max(...suite.trainings.map(({ options }) => options.patch)),
  };
}

/** `unet-bn baseFilters 8, depth 3` */
function nameOf({ id, options }: Network, registry: AnyRegistry): string {
  const { defaults }: AnyFactory<Network> = registry.lookup("network", id);
  const differing = Object.entries(options).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key]),
  );
  return [id, differing.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(", ")].join(" ").trim();
}

function table(counted: readonly { name: string; cost: Complexity }[], columns: number): string {
  const header = ["network", "trained", "other", "MACs", "FLOPs: conv", "profiler", "all", "predicting", "training"];
  const rows = counted.map(({ name, cost }) => {
    const { trainable, nonTrainable, macs, flops, memory, unknownLayers } = cost;
    const bound = (number: number) => `${unknownLayers.length > 0 ? "≥ " : ""}${amount(number)}`;
    const operations = [macs, flops.conv, flops.tfProfiler, flops.allOp].map(bound);
    return [
      name,
      amount(trainable),
      amount(nonTrainable),
      ...operations,
      bytes(memory.inference),
      bytes(memory.training),
    ];
  });
  return fittingTable(header, rows, columns, { byImportance: [0, 1, 3, 8, 7, 6, 2, 4, 5], left: [0], elsewhere });
}

function layerTable({ layers }: Complexity, columns: number): string {
  const header = ["layer", "type", "output", "trained", "other", "MACs", "FLOPs: all"];
  const rows = layers.map(({ name, type, output, trainable, nonTrainable, macs, flops }) => [
    ...[name, type, output.join(" × "), amount(trainable), amount(nonTrainable)],
    ...[macs, flops?.allOp].map((number) => (number === undefined ? "?" : amount(number))),
  ]);
  return fittingTable(header, rows, columns, { byImportance: [0, 3, 5, 2, 1, 6, 4], left: [0, 1, 2], elsewhere });
}

/** A word of the legend and what it means, its lines below each other. */
function entry(word: string, meaning: string, columns: number): string {
  const [first = "", ...others] = wrapped(meaning, columns - indent);
  return [word.padEnd(indent) + first, ...others.map((line) => " ".repeat(indent) + line)].join("\n");
}

const elsewhere = "Use a wider terminal or --json to see them.";

const indent = 16;

const legend = [
  ["trained, other", "weights that training changes, and moving averages"],
  ["MACs", "multiply-accumulates of convolutions"],
  [
    "FLOPs",
    "floating-point operations. conv: two for each MAC; profiler: as TensorFlow's profiler counts, with biases, pooling and sums; all: with normalisation and activation functions too",
  ],
  ["predicting", "largest memory for feature maps at one time (32-bit numbers)"],
  ["training", "memory for all feature maps that a training step keeps, for each image"],
  ["k, M, G", "thousand, million, 10⁹; MB and GB are 10⁶ and 10⁹ bytes"],
] as const;
