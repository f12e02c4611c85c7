import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { describeNetwork, type NetworkDescription } from "./describe-network.js";

/** A tensor in plain data. */
interface PlainTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** One forward and backward pass of a model in training, with all that is needed to repeat it elsewhere. */
export interface PassRecord {
  readonly network: NetworkDescription;
  /** Weights that training changes, by layer, in the layer's order. */
  readonly weights: Readonly<Record<string, readonly PlainTensor[]>>;
  readonly images: PlainTensor;
  readonly masks: PlainTensor;
  readonly prediction: PlainTensor;
  /** Binary cross-entropy, probabilities clipped to [10⁻⁷, 1 − 10⁻⁷]. */
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly PlainTensor[]>>;
}

/** Computes a pass on the current backend, over random images whose bright pixels are the object; every weight is first moved a little, so that none stands at a value that hides it. */
export async function recordPass(
  model: LayersModel,
  loss: (truth: tf.Tensor4D, prediction: tf.Tensor4D) => tf.Scalar,
  side: number,
  batch: number,
): Promise<PassRecord> {
  const variables = model.layers.map((layer) => ({
    layer: layer.name,
    variables: layer.trainableWeights.map((weight) => weight.read() as tf.Variable),
  }));
  const all = variables.flatMap((each) => each.variables);
  for (const [seed, variable] of all.entries()) {
    tf.tidy(() => variable.assign(tf.add(variable, tf.randomUniform(variable.shape, -0.1, 0.1, "float32", seed + 1))));
  }
  const images = tf.randomUniform<tf.Rank.R4>([batch, side, side, 1], 0, 1, "float32", 1);
  const masks = tf.tidy(() => tf.cast(tf.greater(images, 0.5), "float32") as tf.Tensor4D);
  const weights = await byLayer(variables, (variable) => variable);
  let prediction: tf.Tensor | undefined;
  const { value, grads } = tf.variableGrads(() => {
    const probability = model.apply(images, { training: true }) as tf.Tensor4D;
    prediction = tf.keep(tf.clone(probability));
    return loss(masks, probability);
  }, all);
  const record: PassRecord = {
    network: describeNetwork(model),
    weights,
    images: await plain(images),
    masks: await plain(masks),
    prediction: await plain(prediction as tf.Tensor), // variableGrads has called the function
    loss: (await value.data())[0] as number,
    gradients: await byLayer(variables, ({ name }) => grads[name] as tf.Tensor),
  };
  tf.dispose([images, masks, value, grads, prediction as tf.Tensor]);
  return record;
}

async function byLayer(
  layers: readonly { layer: string; variables: readonly tf.Variable[] }[],
  tensorOf: (variable: tf.Variable) => tf.Tensor,
): Promise<Record<string, PlainTensor[]>> {
  const result: Record<string, PlainTensor[]> = {};
  for (const { layer, variables } of layers) {
    if (variables.length === 0) continue;
    result[layer] = await Promise.all(variables.map((variable) => plain(tensorOf(variable))));
  }
  return result;
}

async function plain(tensor: tf.Tensor): Promise<PlainTensor> {
  return { shape: tensor.shape, values: [...(await tensor.data())] };
}
