/** Beyond it, no layer's kernel, stride, padding or the like has a meaning. */
const largestSetting = 2 ** 16;
/** Weights that layers may have in any case. */
const mostWeights = 2 ** 27;

/** A layer as a model.json describes it. */
type Described = Readonly<Record<string, unknown>>;

/**
 * What is wrong with a `modelTopology`, in words, or undefined: layers that wait for each other or for one that is not there,
 * for which tfjs-layers waits for ever, and layers that ask for far more weights than the `weights` that the file holds, for
 * which it takes the memory before it compares.
 */
export function topologyProblem(topology: unknown, weights: number): string | undefined {
  const groups = layerGroups(topology, []);
  for (const layers of groups) {
    const problem = orderProblem(layers);
    if (problem !== undefined) return problem;
  }
  return sizeProblem(groups.flat(), weights);
}

/** The layers of a model and of each model that is a layer of it. */
function layerGroups(value: unknown, found: Described[][]): Described[][] {
  if (Array.isArray(value)) {
    for (const each of value) layerGroups(each, found);
  } else if (isDescribed(value)) {
    const layers = Array.isArray(value.config) ? value.config : value.layers;
    if (Array.isArray(layers) && layers.some(isDescribed)) found.push(layers.filter(isDescribed));
    for (const each of Object.values(value)) layerGroups(each, found);
  }
  return found;
}

/** Follows the connections as tfjs-layers does: a layer is called once all that it is called on is there. */
function orderProblem(layers: readonly Described[]): string | undefined {
  const waiting: { readonly name: string; readonly inputs: readonly unknown[] }[] = [];
  const calls = new Map<string, number>();
  for (const { name, class_name, inbound_nodes, inboundNodes, config } of layers) {
    if (inboundNodes !== undefined) return 'a layer has "inboundNodes" in place of "inbound_nodes"';
    if (inbound_nodes === undefined) continue; // one of a chain, which has no connections
    if (typeof name !== "string" || calls.has(name)) return `${shown(name)} is not the name of a single layer`;
    if (isDescribed(config) && config.name !== name) return `the layer ${shown(name)} has another name inside`;
    if (!Array.isArray(inbound_nodes)) return `the connections of the layer ${shown(name)} are not a list`;
    calls.set(name, class_name === "InputLayer" ? 1 : 0);
    for (const inputs of inbound_nodes) {
      if (!Array.isArray(inputs) || inputs.length === 0) return `the layer ${shown(name)} has a connection to nothing`;
      waiting.push({ name, inputs });
    }
  }
  while (waiting.length > 0) {
    const before = waiting.length;
    for (const node of waiting.splice(0)) {
      if (node.inputs.every((input) => isThere(input, calls))) calls.set(node.name, (calls.get(node.name) ?? 0) + 1);
      else waiting.push(node);
    }
    if (waiting.length === before) {
      const names = [...new Set(waiting.map(({ name }) => shown(name)))].slice(0, 3).join(", ");
      return `layers wait for each other, or for layers that are not there: ${names}`;
    }
  }
  return undefined;
}

function isThere(input: unknown, calls: ReadonlyMap<string, number>): boolean {
  const [name, call, tensor]: unknown[] = Array.isArray(input) ? input : [];
  return isIndex(call) && isIndex(tensor) && typeof name === "string" && call < (calls.get(name) ?? 0);
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function sizeProblem(layers: readonly Described[], weights: number): string | undefined {
  let [channels, largest] = [1, 0];
  for (const { name, config } of layers) {
    if (!isDescribed(config)) continue;
    const settings = ["size", "padding", "strides", "dilation_rate", "pool_size", "cropping"].map((key) => config[key]);
    const wrong = numbersIn(settings).find((value) => !(Math.abs(value) <= largestSetting));
    if (wrong !== undefined) return `the layer ${shown(name)} has the setting ${wrong}`;
    const outputs = productOf([config.filters, config.units, config.output_dim]);
    const own = outputs * productOf([config.kernel_size, config.input_dim]);
    if (own > weights) return `the layer ${shown(name)} needs at least ${own} weights, and the files hold ${weights}`;
    channels += outputs;
    largest = Math.max(largest, own);
  }
  if (channels * largest <= Math.max(mostWeights, 16 * weights)) return undefined;
  return `its layers may need ${channels * largest} weights, and the files hold ${weights}`;
}

/** Of all numbers in a value. */
function productOf(value: unknown): number {
  return numbersIn(value).reduce((product, each) => product * Math.max(1, Math.abs(each)), 1);
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return Array.isArray(value) ? value.flatMap(numbersIn) : [];
}

function isDescribed(value: unknown): value is Described {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(name: unknown): string {
  return JSON.stringify(name)?.slice(0, 60) ?? "nothing";
}
