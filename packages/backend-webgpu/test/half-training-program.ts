import { webgpu } from "@em-stellar/backend-webgpu";
import { binaryCrossEntropy } from "@em-stellar/losses";
import { adam } from "@em-stellar/optimizers";
import { type Tensor, type Tensor4D, tensor4d, type Variable } from "@tensorflow/tfjs-core";
import {
  initializers,
  layers,
  model as layersModel,
  input as modelInput,
  type SymbolicTensor,
} from "@tensorflow/tfjs-layers";

// Trains a small network from equal weights on the same images in a precision, and prints the losses.
const [precision] = process.argv.slice(2) as ["float32" | "mixed-float16"];
const device = await webgpu({ allowSoftware: true, tune: false, precision }).start();

let seed = 1;
const apply = (layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]) => layer.apply(x) as SymbolicTensor;
const block = (filters: number, x: SymbolicTensor) => {
  const kernelInitializer = initializers.heNormal({ seed: seed++ });
  const convolution = layers.conv2d({ filters, kernelSize: 3, padding: "same", kernelInitializer });
  return apply(layers.reLU(), apply(layers.batchNormalization({ momentum: 0.9 }), apply(convolution, x)));
};
const image = modelInput({ shape: [24, 24, 1] });
const skip = block(8, image);
const deep = block(16, apply(layers.maxPooling2d({ poolSize: 2 }), skip));
const joined = apply(layers.concatenate(), [skip, apply(layers.upSampling2d({}), deep)]);
const kernelInitializer = initializers.heNormal({ seed });
const head = layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer });
const net = device.prepare(layersModel({ inputs: image, outputs: apply(head, block(8, joined)) }));

/** Discs of different sizes, under waves of the same brightness. */
const [side, batch] = [24, 2];
const disc = (n: number, y: number, x: number) => Math.hypot(y - 8 - 6 * n, x - 12) < 5 + n;
const each = (value: (n: number, y: number, x: number) => number) =>
  tensor4d(
    Float32Array.from({ length: batch * side * side }, (_, i) =>
      value(Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side),
    ),
    [batch, side, side, 1],
  );
const truth = each((n, y, x) => (disc(n, y, x) ? 1 : 0));
const images = each((n, y, x) => (disc(n, y, x) ? 0.6 : 0.4) + 0.3 * Math.sin(1.7 * y + 2.3 * x + n));

// LayerVariable keeps its variable in a protected member, which an optimizer needs.
const variables = net.trainableWeights.map((weight) => (weight as unknown as { val: Variable }).val);
const options = { learningRate: 0.01, warmupProportion: 0, minLearningRate: null };
const optimizer = adam(options).create({ totalSteps: 40 });
const loss = binaryCrossEntropy();
const losses: number[] = [];
for (let step = 0; step < 40; step++) {
  const predict = () => net.apply(images, { training: true }) as Tensor4D;
  const value = optimizer.minimize(() => loss.compute(truth, predict()), true, variables) as Tensor;
  losses.push((await value.data())[0] as number);
  value.dispose();
}
console.log(JSON.stringify({ description: device.description, losses }));
await device.dispose();
