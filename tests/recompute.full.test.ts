import { cpu } from "@em-stellar/backend-cpu";
import { wasm } from "@em-stellar/backend-wasm";
import type { Device, Network } from "@em-stellar/core/training";
import { binaryCrossEntropy } from "@em-stellar/losses";
import {
  cast,
  dispose,
  greater,
  memory,
  randomUniform,
  type Tensor4D,
  tidy,
  type Variable,
  variableGrads,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { builtins } from "em-stellar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDropoutSeeder } from "../packages/runner/src/training/dropout.js";
import {
  type ComputeLossGradients,
  keepingActivations,
  recomputingActivations,
} from "../packages/runner/src/training/loss-gradients.js";

const { compute: lossOf } = binaryCrossEntropy();

/** tfjs's own backward pass, which knows nothing of ours. */
function ofTfjs(model: LayersModel): ComputeLossGradients {
  return (images, lossOf, variables) =>
    variableGrads(
      () => lossOf(model.apply(images, { training: true }) as Tensor4D),
      [...variables],
    ) as ReturnType<ComputeLossGradients>;
}

function recomputing(model: LayersModel): ComputeLossGradients {
  const compute = recomputingActivations(model);
  if (typeof compute === "string") throw new Error(compute);
  return compute;
}

/** Loss and gradients of a network's first step, and the weights that no optimizer changes behind it. */
function firstStep(device: Device, network: Network, way: (model: LayersModel) => ComputeLossGradients, batch: number) {
  let seed = 1;
  const model = device.prepare(network.build([null, null, 1], () => seed++));
  createDropoutSeeder(model, "seed")(1);
  const side = network.stride * Math.ceil(16 / network.stride);
  const images = randomUniform([batch, side, side, 1], -1, 1, "float32", 3) as Tensor4D;
  const masks = tidy(
    () => cast(greater(randomUniform([batch, side, side, 1], 0, 1, "float32", 4), 0.5), "float32") as Tensor4D,
  );
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const { numTensors } = memory();
  const { value, grads } = way(model)(images, (prediction) => lossOf(masks, prediction), variables);
  const left = memory().numTensors - numTensors - 1 - Object.keys(grads).length;
  const result = {
    left,
    loss: value.dataSync()[0],
    gradients: variables.map(({ name }) => grads[name]?.dataSync().slice()),
    averages: model.layers.flatMap((layer) =>
      layer.nonTrainableWeights.map((weight) => weight.read().dataSync().slice()),
    ),
  };
  dispose([value, grads, images, masks]);
  model.dispose();
  return result;
}

const networks = builtins.list("network").map((factory) => ({ id: factory.id as string, factory }));

/** With dropout as it comes: masks, too, must be the same. */
function narrow({ factory }: (typeof networks)[number], baseFilters: number): Network {
  return factory("baseFilters" in factory.defaults ? { baseFilters } : {});
}

describe.each([
  { backend: "wasm", start: () => wasm({ simd: "strict" }).start(), of: networks },
  {
    backend: "cpu",
    start: () => cpu().start(),
    of: networks.filter(({ id }) => ["unet-bn", "em-net-v1-bn-2x", "resnet"].includes(id)),
  },
])(
  "on $backend, loss, gradients and moving averages are those of tfjs's backward pass, to the bit",
  ({ start, of }) => {
    let device: Device;
    beforeAll(async () => {
      device = await start();
    });
    afterAll(() => device.dispose());

    it.each(of)("$id", (each) => {
      const network = narrow(each, 2);
      const expected = firstStep(device, network, ofTfjs, 2);
      expect(expected.gradients.filter((gradient) => gradient?.some((value) => value !== 0)).length).toBeGreaterThan(4);
      expect(firstStep(device, network, keepingActivations, 2)).toEqual(expected);
      expect(firstStep(device, network, recomputing, 2)).toEqual(expected);
    });
  },
);
