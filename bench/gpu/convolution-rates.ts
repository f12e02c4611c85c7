import * as tf from "@tensorflow/tfjs-core";
import type { Convolution } from "../training-step/convolutions.js";
import { type KernelSet, kernelOf } from "./kernel-sets.js";

/** 10⁹ operations a second of the three products of a convolution layer, with one set of kernels. */
export interface Rates {
  readonly forward: number;
  /** `null` for the layer that reads the images, whose gradient nobody needs. */
  readonly inputGradient: number | null;
  readonly filterGradient: number;
}

/** Layers of one shape, with the rates of our kernels and of tfjs's. */
export interface ConvolutionRates {
  readonly input: readonly number[];
  readonly filter: readonly number[];
  readonly layers: number;
  /** Operations of one of the three products of one layer, for the whole batch. */
  readonly operations: number;
  readonly ours: Rates;
  readonly stock: Rates;
}

/** Times the kernels of every distinct layer one by one, in about so many milliseconds each. */
export async function convolutionRates(
  convolutions: readonly Convolution[],
  batch: number,
  ours: KernelSet,
  stock: KernelSet,
  milliseconds: number,
): Promise<ConvolutionRates[]> {
  const distinct = new Map<string, Convolution[]>();
  for (const convolution of convolutions) {
    const key = `${convolution.input} ${convolution.filter}`;
    distinct.set(key, [...(distinct.get(key) ?? []), convolution]);
  }
  const results: ConvolutionRates[] = [];
  for (const layers of distinct.values()) {
    const first = layers[0] as Convolution; // a group has at least one
    const { input, filter, macs } = first;
    const readsImages = first === convolutions[0];
    results.push({
      input: [batch, ...input],
      filter,
      layers: layers.length,
      operations: 2 * macs * batch,
      ours: await ratesOf(first, readsImages, batch, ours, milliseconds),
      stock: await ratesOf(first, readsImages, batch, stock, milliseconds),
    });
  }
  return results;
}

async function ratesOf(
  { input, filter, stride, padding, macs }: Convolution,
  readsImages: boolean,
  batch: number,
  set: KernelSet,
  milliseconds: number,
): Promise<Rates> {
  const inputShape = [batch, ...input];
  const x = tf.randomUniform(inputShape, -1, 1);
  const weights = tf.randomUniform([...filter], -1, 1);
  const dy = tf.randomUniform([batch, input[0] as number, input[1] as number, filter[3] as number], -1, 1); // padding "same"
  const attrs: object = {
    strides: stride,
    pad: padding,
    dataFormat: "NHWC",
    dilations: [1, 1],
    dimRoundingMode: undefined,
  };
  const rate = async (name: string, inputs: tf.NamedTensorInfoMap, more: object): Promise<number> => {
    const kernel = kernelOf(set, name);
    const call = () => kernel({ inputs, attrs: { ...attrs, ...more } as tf.NamedAttrMap, backend: tf.backend() });
    return (2 * macs * batch) / (await kernelTime(call as () => tf.TensorInfo, milliseconds)) / 1e6;
  };
  try {
    return {
      forward: await rate("Conv2D", { x, filter: weights }, {}),
      inputGradient: readsImages ? null : await rate("Conv2DBackpropInput", { dy, filter: weights }, { inputShape }),
      filterGradient: await rate("Conv2DBackpropFilter", { x, dy }, { filterShape: filter }),
    };
  } finally {
    tf.dispose([x, weights, dy]);
  }
}

/** Milliseconds of a kernel, the best of two rounds of calls with one small read at the end, after one to warm up and one to plan by. */
async function kernelTime(call: () => tf.TensorInfo, milliseconds: number): Promise<number> {
  const round = async (count: number): Promise<number> => {
    const start = performance.now();
    for (let i = 1; i < count; i++) tf.backend().disposeData(call().dataId);
    const last = tf.engine().makeTensorFromTensorInfo(call());
    const corner = tf.slice(
      last,
      last.shape.map(() => 0),
      last.shape.map(() => 1),
    );
    await corner.data();
    tf.dispose([last, corner]);
    return (performance.now() - start) / count;
  };
  await round(1);
  const alone = await round(1);
  const count = Math.max(1, Math.min(200, Math.floor(milliseconds / 2 / alone)));
  return Math.min(await round(count), await round(count));
}
