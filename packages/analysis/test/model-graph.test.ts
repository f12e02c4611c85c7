import "@tensorflow/tfjs-backend-cpu";
import { applyLayer } from "@em-stellar/core/training";
import { ready, serialization, setBackend, type Tensor } from "@tensorflow/tfjs-core";
import { input, type LayersModel, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { layerType, modelGraph, reachOf } from "../src/model-graph/index.js";
import { stockLayers } from "../src/model-graph/stock-layers.js";

beforeAll(async () => {
  await setBackend("cpu");
  await ready();
});

type Step = (x: SymbolicTensor) => SymbolicTensor;

const convolution =
  (kernelSize: number, filters = 1): Step =>
  (x) =>
    applyLayer(layers.conv2d({ filters, kernelSize, padding: "same" }), x);
const pool: Step = (x) => applyLayer(layers.maxPooling2d({ poolSize: 2 }), x);
const enlarge: Step = (x) => applyLayer(layers.upSampling2d({ size: [2, 2] }), x);

function chain(...steps: Step[]): LayersModel {
  const image = input({ shape: [null, null, 1] });
  return model({ inputs: image, outputs: steps.reduce((x, step) => step(x), image) });
}

const types = (net: LayersModel) => modelGraph(net, [32, 48, 1]).steps.map(({ layer }) => layerType(layer));

it("knows layers of tfjs only by names that tfjs has", () => {
  const known = serialization.SerializationMap.getMap().classNameMap;
  expect([...stockLayers.keys()].filter((name) => !(name in known))).toEqual([]);
});

describe("a graph", () => {
  it("has the layers of models within the model, each with the shapes of its place", () => {
    const inner = chain(convolution(3), pool);
    const outer = chain(convolution(5), (x) => inner.apply(x) as SymbolicTensor, enlarge);
    expect(types(outer)).toEqual(["Conv2D", "Conv2D", "MaxPooling2D", "UpSampling2D"]);
    const { input: image, steps, outputs } = modelGraph(outer, [32, 48, 1]);
    expect(image.shape).toEqual([null, 32, 48, 1]);
    expect(steps[2]?.outputs).toEqual([{ shape: [null, 16, 24, 1] }]);
    expect(steps[1]?.inputs[0]).toBe(steps[0]?.outputs[0]);
    expect(outputs[0]).toBe(steps[3]?.outputs[0]);
  });

  it("has a layer that is used twice twice", () => {
    const shared = layers.conv2d({ filters: 1, kernelSize: 3, padding: "same" });
    const net = chain((x) => applyLayer(shared, applyLayer(shared, x)));
    const { steps } = modelGraph(net, [8, 8, 1]);
    expect(steps.map(({ layer }) => layer)).toEqual([shared, shared]);
    expect(reachOf(modelGraph(net, [64, 64, 1])).margins?.top).toBe(2);
  });

  it("that runs in a circle is refused", () => {
    const net = chain(convolution(3), pool);
    const [, first, second] = net.layers;
    const [node] = first?.inboundNodes ?? expect.fail("no node");
    node?.inputTensors.splice(0, 1, second?.output as SymbolicTensor); // what no function of tfjs does
    expect(() => modelGraph(net, [8, 8, 1])).toThrow(/runs in a circle: layer "max_pooling2d_.*" reads what it makes/);
  });
});

describe("how far a model sees", () => {
  const reach = (net: LayersModel) => reachOf(modelGraph(net, [2 ** 10, 2 ** 10, 1]));

  it("is the same whether its layers stand in a model of their own or not", () => {
    const steps = [convolution(7), pool, convolution(3), enlarge];
    const nested = chain((x) => chain(...steps).apply(x) as SymbolicTensor);
    // At full size three pixels, of which pooling makes two small ones; then one more: six at full size.
    expect(reach(nested)).toEqual({ margins: { top: 6, bottom: 6, left: 6, right: 6 }, stride: 2, unknown: undefined });
    expect(reach(nested)).toEqual(reach(chain(...steps)));
  });

  it("is unknown behind a layer that does not say, which is named", () => {
    class Silent extends layers.Layer {
      static className = "SilentTestLayer";
      override call(inputs: Tensor | Tensor[]) {
        return inputs;
      }
    }
    const silent = new Silent({});
    const found = reach(chain(convolution(3), (x) => applyLayer(silent, x), convolution(5)));
    expect(found).toEqual({ margins: undefined, stride: 1, unknown: silent });
  });
});
