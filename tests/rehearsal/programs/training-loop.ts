// Losses and optimizers of ours with a model of plain tfjs: in a loop of one's own, and in model.compile.
import { dice } from "@em-stellar/losses";
import { radam } from "@em-stellar/optimizers";
import "@tensorflow/tfjs-backend-cpu";
import { type Scalar, type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";

const image = tensor4d([0.9, 0.7, 0.2, 0.1], [1, 2, 2, 1]);
const truth = tensor4d([1, 1, 0, 0], [1, 2, 2, 1]);
const head = { filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer: "zeros" } as const;
const model = sequential({ layers: [layers.conv2d({ inputShape: [2, 2, 1], ...head })] });

const optimizer = radam({ learningRate: 0.5 }).create({ totalSteps: 40 });
const step = () => optimizer.minimize(() => dice().compute(truth, model.apply(image) as Tensor4D), true) as Scalar;
const losses = Array.from({ length: 40 }, () => step().dataSync()[0]);

model.compile({
  optimizer: radam({ learningRate: 0.5 }).create({ totalSteps: 40 }),
  loss: (labels, prediction) => dice().compute(labels, prediction),
});
const { history } = await model.fit(image, truth, { epochs: 40, verbose: 0 });
console.log(JSON.stringify({ loop: [losses[0], losses.at(-1)], fit: [history.loss?.[0], history.loss?.at(-1)] }));
