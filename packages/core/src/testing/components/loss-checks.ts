import { dispose, fill, grad, memory, type Tensor4D, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { createRandom } from "../../random.js";
import type { Loss } from "../../training/loss.js";
import { requireBackend } from "../require-backend.js";
import type { LossCheckName } from "./check-names.js";
import { fault } from "./subject.js";

const shape: [number, number, number, number] = [2, 4, 5, 1];
const size = 2 * 4 * 5;

const checks: Readonly<Record<LossCheckName, (loss: Loss) => void>> = {
  "gives one number": (loss) => void lossOf(loss, masks(), likely()),
  "stays finite where predictions are certain": checkCertain,
  "is lowest for the truth itself": checkLowest,
  "has the gradient of its values": checkGradient,
  "leaves no tensor behind": checkTensors,
};

/** Does one check of a loss on tfjs's current backend. */
export async function checkLoss(loss: Loss, name: LossCheckName): Promise<void> {
  await requireBackend();
  checks[name](loss);
}

/** Objects in about a third of the pixels. */
function masks(): Float32Array {
  const random = createRandom("masks");
  return Float32Array.from({ length: size }, (_, i) => (i === 0 ? 1 : i === 1 ? 0 : Number(random.uniform(0, 3) < 1)));
}

/** Probabilities between a tenth and nine tenths. */
function likely(): Float32Array {
  const random = createRandom("likely");
  return Float32Array.from({ length: size }, () => random.uniform(0.1, 0.9));
}

function lossOf(loss: Loss, truth: Float32Array, prediction: Float32Array): number {
  const value = tidy(() => loss.compute(tensor4d(truth, shape), tensor4d(prediction, shape)).dataSync()[0]) as number; // a scalar has one
  if (!Number.isFinite(value)) throw fault(loss, `gives ${value} for probabilities between 0.1 and 0.9.`);
  return value;
}

function checkCertain(loss: Loss): void {
  const certain = { 0: "certainly background", 1: "certainly object" };
  for (const [p, what] of Object.entries(certain)) {
    for (const truth of [masks(), new Float32Array(size), new Float32Array(size).fill(1)]) {
      tidy(() => {
        const labels = tensor4d(truth, shape);
        const prediction: Tensor4D = fill(shape, Number(p));
        const [value] = loss.compute(labels, prediction).dataSync();
        const gradient = gradientOf(loss, labels)(prediction).dataSync();
        const wrong = [value as number, ...gradient].find((number) => !Number.isFinite(number)); // a scalar has one
        if (wrong === undefined) return;
        throw fault(
          loss,
          `${Number.isFinite(value) ? "has a gradient of" : "gives"} ${wrong} where the prediction is ${what}. Networks reach that: clip before a logarithm, clipByValue(prediction, 1e-7, 1 - 1e-7), and add to a denominator what keeps it off 0.`,
        );
      });
    }
  }
}

function checkLowest(loss: Loss): void {
  const truth = masks();
  const best = lossOf(loss, truth, truth);
  const others = { "the truth turned over": truth.map((value) => 1 - value), noise: likely() };
  for (const [what, prediction] of Object.entries(others)) {
    const value = lossOf(loss, truth, prediction);
    if (value > best) continue;
    throw fault(
      loss,
      `gives ${value} for ${what}, and ${best} for the truth itself, which should be the lowest: training minimises it. Is a sign wrong?`,
    );
  }
}

function checkGradient(loss: Loss): void {
  const [truth, prediction] = [masks(), likely()];
  const found = tidy(() => gradientOf(loss, tensor4d(truth, shape))(tensor4d(prediction, shape)).dataSync());
  const step = 0.01;
  const largest = Math.max(...Array.from(found, Math.abs));
  for (const at of [0, 1, 7, size - 1]) {
    const moved = (by: number) =>
      lossOf(
        loss,
        truth,
        prediction.map((value, i) => (i === at ? value + by : value)),
      );
    const expected = (moved(step) - moved(-step)) / (2 * step);
    const gradient = found[at] as number; // one for each pixel
    if (Math.abs(gradient - expected) <= 0.02 * (largest + Math.abs(expected)) + 1e-5) continue;
    throw fault(
      loss,
      `has a gradient of ${gradient} at pixel ${at}, where its values change by ${expected}. Compute it with operations of tfjs that have a gradient (no dataSync, no comparison), or fix its customGrad.`,
    );
  }
}

function checkTensors(loss: Loss): void {
  const inputs = [tensor4d(masks(), shape), tensor4d(likely(), shape)] as const;
  const use = () => tidy(() => void loss.compute(...inputs));
  use(); // what is kept once, such as a constant, is no leak
  const before = memory().numTensors;
  use();
  const left = memory().numTensors - before;
  dispose([...inputs]);
  if (left > 0) throw fault(loss, `leaves ${left} tensors behind at each step. Do not keep() what is made in compute.`);
}

function gradientOf(loss: Loss, truth: Tensor4D): (prediction: Tensor4D) => Tensor4D {
  return grad((prediction) => loss.compute(truth, prediction)) as (prediction: Tensor4D) => Tensor4D; // of the input's shape
}
