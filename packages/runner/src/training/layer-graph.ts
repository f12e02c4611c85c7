import { dispose, type Tensor, util } from "@tensorflow/tfjs-core";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";

type Layer = LayersModel["layers"][number];

/** A call of a layer in a model's graph. Tensors have numbers: 0 is the model's image, then in the order in which they are made. */
export interface GraphStep {
  readonly layer: Layer;
  /** Numbers of the tensors that the layer takes. */
  readonly inputs: readonly number[];
  /** Numbers of those that it makes. */
  readonly outputs: readonly number[];
  /** Whether a weight that is trained has a part in them. */
  readonly trained: boolean;
}

/**
 * The steps of a model with one input and one output, in the order in which tfjs-layers takes them; the last one makes the
 * output. Returns a phrase that begins with a verb where the model cannot be taken apart: `has 2 inputs and 1 outputs, not one of
 * each`.
 */
export function stepsOf(model: LayersModel): GraphStep[] | string {
  if (!["Model", "Functional", "Sequential"].includes(model.getClassName()))
    return `is a ${model.getClassName()}, a class of models of its own`;
  const [image, ...moreInputs] = model.inputs;
  const [output, ...moreOutputs] = model.outputs;
  if (!image || !output || moreInputs.length > 0 || moreOutputs.length > 0)
    return `has ${model.inputs.length} inputs and ${model.outputs.length} outputs, not one of each`;
  const numbers = new Map<SymbolicTensor, number>([[image, 0]]);
  const isTrained = [false];
  const steps: GraphStep[] = [];
  let problem: string | undefined;
  const visit = (tensor: SymbolicTensor): void => {
    if (numbers.has(tensor)) return;
    const given = tensor.inputs as SymbolicTensor[];
    const layer = tensor.sourceLayer as Layer;
    // tfjs-layers goes through the last input of a layer first.
    for (const each of [...given].reverse()) visit(each);
    const made = layer.inboundNodes.find(({ outputTensors }) => outputTensors.includes(tensor))?.outputTensors ?? [];
    if (given.length === 0) problem ??= `has a layer "${layer.name}" that takes no tensor`;
    const inputs = given.map((each) => numbers.get(each) ?? 0); // visited above
    const trained = layer.trainableWeights.length > 0 || inputs.some((number) => isTrained[number]);
    const outputs = made.map((each) => {
      numbers.set(each, isTrained.length);
      return isTrained.push(trained) - 1;
    });
    steps.push({ layer, inputs, outputs, trained });
  };
  visit(output);
  if (steps.at(-1)?.outputs.length !== 1) problem ??= "has no layer, or a last one with several outputs";
  return problem ?? steps;
}

/** Shapes of the tensors, by number, for an image of this shape, [batch, height, width, channels]. */
export function shapesOf(steps: readonly GraphStep[], image: readonly number[]): number[][] {
  const shapes: number[][] = [[...image]];
  for (const { layer, inputs, outputs } of steps) {
    const given = inputs.map((number) => shapes[number] as number[]); // made by a step before
    // One shape for one tensor, a list for several; all sides are known.
    const made = layer.computeOutputShape(given.length === 1 ? (given[0] as number[]) : given) as number[] | number[][];
    outputs.forEach((number, i) => {
      shapes[number] = (Array.isArray(made[0]) ? made[i] : made) as number[];
    });
  }
  return shapes;
}

/** Values of tensors, by number. */
export type Values = Map<number, Tensor>;

/**
 * Calls the layers of the steps from `from` to before `to`, as in training. `values` holds what they take of steps before.
 * Gives what they make as far as a step from `to` on takes it, or the model's caller; the rest is disposed.
 */
export function runSteps(
  steps: readonly GraphStep[],
  from: number,
  to: number,
  values: ReadonlyMap<number, Tensor>,
): Values {
  const made: Values = new Map();
  for (const [at, { layer, inputs, outputs }] of [...steps.entries()].slice(from, to)) {
    const given = inputs.map((number) => (made.get(number) ?? values.get(number)) as Tensor);
    const result = callLayer(layer, given);
    outputs.forEach((number, i) => void made.set(number, result[i] as Tensor));
    for (const number of inputs) {
      const used = made.get(number);
      if (!used || lastUse(steps, number) > at) continue;
      made.delete(number);
      dispose(used);
    }
  }
  return made;
}

/** What a layer makes in training, as a list. */
export function callLayer(layer: Layer, given: readonly Tensor[]): Tensor[] {
  const made = layer.apply(given.length === 1 ? (given[0] as Tensor) : [...given], { training: true });
  return (Array.isArray(made) ? made : [made]) as Tensor[]; // tensors for tensors
}

/** The last step that takes a tensor; -1 where none does. */
export function lastUse(steps: readonly GraphStep[], number: number): number {
  return steps.findLastIndex(({ inputs }) => inputs.includes(number));
}

/** Bytes of a tensor of 32-bit numbers. */
export function bytesOf(shape: readonly number[]): number {
  return 4 * util.sizeFromShape([...shape]);
}
