import { dispose, type Tensor, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import type { ModelGraph, Step, Value } from "../model-graph/model-graph.js";

/**
 * Computes a graph for one image, step by step, and shows each step's outputs to `look` while they are there. A tensor goes
 * as soon as its last reader has run, so that no more is held than a prediction needs.
 */
export async function runGraph(
  { input, steps }: ModelGraph,
  image: Tensor4D,
  look: (value: Value, tensor: Tensor, step: Step) => Promise<void>,
): Promise<void> {
  const lastReader = new Map<Value, Step>();
  for (const step of steps) for (const value of step.inputs) lastReader.set(value, step);
  const live = new Map<Value, Tensor>([[input, image.clone()]]);
  try {
    for (const step of steps) {
      const given = step.inputs.map((value) => live.get(value) as Tensor); // made by the steps before
      const apply = () => step.layer.apply(given.length === 1 ? (given[0] as Tensor) : given, { training: false });
      const tensors = [tidy(apply as () => Tensor | Tensor[])].flat(); // what a layer gives for tensors
      step.outputs.forEach((value, i) => {
        live.set(value, tensors[i] as Tensor); // one for each
      });
      for (const value of step.outputs) await look(value, live.get(value) as Tensor, step);
      for (const value of [...step.inputs, ...step.outputs]) {
        if (lastReader.get(value) && lastReader.get(value) !== step) continue;
        live.get(value)?.dispose();
        live.delete(value);
      }
    }
  } finally {
    dispose([...live.values()]);
  }
}
