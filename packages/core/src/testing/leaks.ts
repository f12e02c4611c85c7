import { dispose, memory, ones, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { randomImages, trainer } from "./batch.js";
import { buildModel, described, fault, layersOf, type Subject, smallSide } from "./subject.js";

const steps = 20;

/** Training and predicting hold no more tensors at the end than at the start, and a model that is disposed of holds none. */
export async function checkLeaks(subject: Subject): Promise<void> {
  const side = smallSide(subject);
  const before = memory().numTensors;
  const model = buildModel(subject, [side, side, 1]);
  const { step, dispose: end } = trainer(model, side, subject.options.optimizer());
  const images = randomImages([1, side, side, 1]);
  let kept = 0;
  let culprit: string | undefined;
  try {
    await step(); // the optimizer makes its state in the first
    const start = memory().numTensors;
    for (let i = 0; i < steps; i++) await step();
    dispose(model.predict(images));
    kept = memory().numTensors - start;
    if (kept !== 0) culprit = leakyLayer(model);
  } finally {
    end();
    images.dispose();
    model.dispose();
  }
  if (kept > 0) {
    throw fault(
      subject,
      `keeps ${kept} more ${kept === 1 ? "tensor" : "tensors"} after ${steps} training steps and a prediction${culprit ? `: the layer ${culprit} leaves some at each call` : ""}. Make them inside tidy(() => …), and keep() none.`,
    );
  }
  const left = memory().numTensors - before;
  if (left > 0) {
    throw fault(
      subject,
      `leaves ${left} ${left === 1 ? "tensor" : "tensors"} when its model is disposed of. Make the weights of a layer of your own with addWeight, and no tensor in its constructor.`,
    );
  }
}

/** The first layer that leaves tensors behind when it is called inside tidy. */
function leakyLayer(model: LayersModel): string | undefined {
  const culprit = layersOf(model).find((layer) => {
    const node = layer.inboundNodes[0];
    if (!node || node.inboundLayers.length === 0) return false; // the input
    const start = memory().numTensors;
    tidy(() => {
      const inputs = node.inputTensors.map(({ shape }) => ones(shape.map((side) => side ?? 1)));
      layer.apply(inputs.length === 1 ? (inputs[0] as Tensor) : inputs, { training: true });
    });
    return memory().numTensors > start;
  });
  return culprit && described(culprit);
}
