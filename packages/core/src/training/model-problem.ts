import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { ImageShape } from "./network.js";

/** The problem with the input and the number of outputs of a model for such images, as the end of a sentence; undefined if there is none. */
export function formProblem({ inputs, outputs }: LayersModel, shape: ImageShape): string | undefined {
  const found = inputs.map((each) => JSON.stringify(each.shape.slice(1)));
  if (found.length !== 1 || found[0] !== JSON.stringify(shape)) {
    return `takes ${found.join(" and ")}. It needs one input: input({ shape: [height, width, channels] }).`;
  }
  return outputs.length === 1 ? undefined : `has ${outputs.length} outputs. It needs one, the object's probabilities.`;
}

/**
 * What is wrong with a model that was built for images of this size, as the end of a sentence: it must take one image and give
 * one probability for each pixel. Undefined where nothing is. Nothing is computed.
 */
export function modelProblem(model: LayersModel, size: readonly [number, number, number]): string | undefined {
  const problem = formProblem(model, size);
  if (problem) return problem;
  const [height, width] = size;
  const shape = JSON.stringify(model.outputs[0]?.shape.slice(1));
  const wanted = JSON.stringify([height, width, 1]);
  if (shape === wanted) return undefined;
  return `has an output of ${shape} for an image of ${height} × ${width}, where ${wanted} is needed. End in one channel, up-sample as often as you down-sample, and let computeOutputShape of your own layers return the shape of the output.`;
}
