import { applyLayer, glorotUniform, heNormal, type ImageShape } from "@em-stellar/core/training";
import { input, type LayersModel, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { EmNetOptions } from "./options.js";
import type { Block, EmNetPlan, Unit } from "./plans.js";
import { Tlu } from "./tlu-layer.js";

/** What follows a convolution. */
type Activation = "relu" | "norm-relu" | "tlu" | "norm-tlu" | "norm";

/** Builds one of the seven: options, shape and seeds as in `Network.build`. Layers are named by their place, never by a counter. */
export function buildEmNet(
  name: string,
  plan: EmNetPlan,
  { baseFilters, dropout, spatialDropout, kernelInitializer, batchNormMomentum, head }: EmNetOptions,
  [height, width, channels]: ImageShape,
  seed: () => number,
): LayersModel {
  const initializer = kernelInitializer === "he-normal" ? heNormal : glorotUniform;

  const convolution = (x: SymbolicTensor, place: string, filters: number, activation: Activation, kernelSize = 3) => {
    let y = applyLayer(
      layers.conv2d({
        name: place,
        filters,
        kernelSize,
        padding: "same",
        kernelInitializer: initializer(seed),
        // Without normalisation the ReLU belongs to the convolution, as in the authors' networks: one fused operation.
        ...(activation === "relu" ? { activation } : {}),
      }),
      x,
    );
    if (activation.startsWith("norm")) {
      const norm = { name: `${place}-norm`, momentum: batchNormMomentum, epsilon: 1e-3 };
      y = applyLayer(layers.batchNormalization(norm), y);
    }
    if (activation.endsWith("tlu")) y = applyLayer(new Tlu({ name: `${place}-tlu` }), y);
    if (activation === "norm-relu") {
      y = applyLayer(layers.activation({ name: `${place}-relu`, activation: "relu" }), y);
    }
    return y;
  };
  const concatenate = (place: string, parts: SymbolicTensor[]) =>
    parts.length === 1
      ? (parts[0] as SymbolicTensor)
      : applyLayer(layers.concatenate({ name: `${place}-concat` }), parts);
  const drop = (x: SymbolicTensor, place: string) => {
    if (dropout === null) return x;
    const noiseShape = spatialDropout ? { noiseShape: [null, 1, 1, null] as unknown as number[] } : {}; // null: as the input, which tfjs does but its type forgets
    return applyLayer(layers.dropout({ name: `${place}-dropout`, rate: dropout, seed: seed(), ...noiseShape }), x);
  };

  const unit = (x: SymbolicTensor, place: string, kind: Unit["kind"], filters: number): SymbolicTensor => {
    const chain = (widths: readonly number[], activation: Activation) => {
      const outputs: SymbolicTensor[] = [];
      for (const [index, width] of widths.entries()) {
        outputs.push(convolution(outputs.at(-1) ?? x, `${place}-conv-${index + 1}`, width, activation));
      }
      return outputs;
    };
    switch (kind) {
      case "convolution":
        return convolution(x, place, filters, "relu");
      case "plain":
      case "normalized": {
        const outputs = chain([filters, filters, filters], kind === "plain" ? "tlu" : "norm-tlu");
        return concatenate(place, [outputs[0], outputs[2]] as SymbolicTensor[]);
      }
      case "narrowing": {
        const outputs = chain([2 * filters, filters, 2 * filters, filters], "tlu");
        return concatenate(place, [outputs[1], outputs[3]] as SymbolicTensor[]);
      }
      case "dense": {
        const both = concatenate(`${place}-1`, chain([2 * filters, filters], "tlu"));
        const third = convolution(both, `${place}-conv-3`, filters, "tlu");
        return drop(concatenate(`${place}-2`, [both, third]), place);
      }
    }
  };
  const block = (x: SymbolicTensor, place: string, { units, joined }: Block, filters: number) => {
    const outputs: SymbolicTensor[] = [];
    for (const [index, { kind, width, startsAnew }] of units.entries()) {
      const source = startsAnew ? x : (outputs.at(-1) ?? x);
      outputs.push(unit(source, `${place}-unit-${index + 1}`, kind, width * filters));
    }
    return {
      output: concatenate(
        place,
        joined.map((index) => outputs[index] as SymbolicTensor),
      ),
      last: outputs.at(-1) as SymbolicTensor,
    };
  };

  const image = input({ name: "image", shape: [height, width, channels] });
  const filtersOf = (stage: number) => baseFilters * 2 ** (stage - 1);
  const skips: { stage: number; skip: SymbolicTensor }[] = [];
  let x: SymbolicTensor = image;
  for (let stage = 1; stage <= 4; stage++) {
    const { output, last } = block(x, `encoder-${stage}`, plan.stage, filtersOf(stage));
    skips.unshift({ stage, skip: last });
    x = applyLayer(layers.maxPooling2d({ name: `encoder-${stage}-pool`, poolSize: 2, strides: 2 }), output);
  }
  if (plan.dropoutBeforeBottleneck) x = drop(x, "encoder");
  x = block(x, "bottleneck", plan.bottleneck, filtersOf(4)).output;
  if (plan.dropoutAfterBottleneck) x = drop(x, "bottleneck");
  for (const { stage, skip } of skips) {
    const place = `decoder-${stage}`;
    const [up, filters] = [plan.decoder.up * filtersOf(stage), plan.decoder.convolutions * filtersOf(stage)];
    x = applyLayer(layers.upSampling2d({ name: `${place}-up`, size: [2, 2] }), x);
    x = convolution(x, `${place}-up-conv`, up, "norm-relu", 2);
    x = concatenate(place, [x, skip]);
    x = convolution(x, `${place}-conv-1`, filters, "norm-relu");
    x = convolution(x, `${place}-conv-2`, filters, "norm-relu");
  }
  x = convolution(x, "head-conv", 2, head === "faithful" ? "norm-relu" : "norm");
  const probability = applyLayer(
    layers.conv2d({
      name: "probability",
      filters: 1,
      kernelSize: 1,
      kernelInitializer: glorotUniform(seed),
      activation: "sigmoid",
    }),
    x,
  );
  return model({ name, inputs: image, outputs: probability });
}
