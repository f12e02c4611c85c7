import {
  memory,
  mul,
  type Scalar,
  square,
  sub,
  sum,
  type Optimizer as TfOptimizer,
  tensor1d,
  tidy,
  type Variable,
  variable,
} from "@tensorflow/tfjs-core";
import type { Optimizer } from "../../training/optimizer.js";
import { requireBackend } from "../require-backend.js";
import type { OptimizerCheckName } from "./check-names.js";
import { fault, isClose } from "./subject.js";

const totalSteps = 60;

const checks: Readonly<Record<OptimizerCheckName, (optimizer: Optimizer) => Promise<void>>> = {
  "brings a loss down": checkProgress,
  "starts afresh each time": checkFresh,
  "continues from its saved state": checkState,
  "leaves no tensor behind": checkTensors,
};

/** Does one check of an optimizer on tfjs's current backend. */
export async function checkOptimizer(optimizer: Optimizer, name: OptimizerCheckName): Promise<void> {
  await requireBackend();
  await checks[name](optimizer);
}

/** A small training: a bowl whose lowest point is (3, -2), from (0, 0), twice as steep in one direction. */
function training(optimizer: Optimizer) {
  const weights = tidy(() => variable(tensor1d([0, 0])));
  return { weights, steps: optimizer.create({ totalSteps }), loss: () => lossOf(weights) };
}

function lossOf(weights: Variable): Scalar {
  return tidy(() => sum(mul(square(sub(weights, [3, -2])), [1, 2])) as Scalar); // a sum over all
}

function advance(steps: TfOptimizer, weights: Variable, count: number): void {
  for (let i = 0; i < count; i++) steps.minimize(() => lossOf(weights), false, [weights]);
}

async function checkProgress(optimizer: Optimizer): Promise<void> {
  const { weights, steps, loss } = training(optimizer);
  const value = () => tidy(() => loss().dataSync()[0] as number); // a scalar has one
  try {
    const before = value();
    advance(steps, weights, totalSteps);
    const after = value();
    if (after < before) return;
    throw fault(
      optimizer,
      `brings a loss of ${before} to ${after} in ${totalSteps} steps, where it must fall. Steps go against the gradient; is the learning rate too high, or 0?`,
    );
  } finally {
    weights.dispose();
    steps.dispose();
  }
}

async function checkFresh(optimizer: Optimizer): Promise<void> {
  const ends: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { weights, steps } = training(optimizer);
    advance(steps, weights, 5);
    ends.push(String(weights.dataSync()));
    weights.dispose();
    steps.dispose();
  }
  if (ends[0] === ends[1]) return;
  throw fault(
    optimizer,
    `takes the weights to ${ends[0]} in 5 steps, and in the next training to ${ends[1]}. Let create make a new optimizer each time, with its own state.`,
  );
}

async function checkState(optimizer: Optimizer): Promise<void> {
  const whole = training(optimizer);
  advance(whole.steps, whole.weights, 5);
  const saved = (await whole.steps.getWeights()).map(({ name, tensor }) => ({ name, tensor: tensor.clone() }));
  const resumed = training(optimizer);
  resumed.weights.assign(whole.weights);
  // As a run does: one step makes the state, which is then replaced.
  await resumed.steps.setWeights(saved);
  for (const { weights, steps } of [whole, resumed]) advance(steps, weights, 5);
  const [expected, found] = [whole, resumed].map(({ weights }) => [...weights.dataSync()]);
  for (const { weights, steps } of [whole, resumed]) {
    weights.dispose();
    steps.dispose();
  }
  for (const { tensor } of saved) tensor.dispose();
  if (expected?.every((value, i) => isClose(value, found?.[i] ?? Number.NaN, 1e-5))) return;
  throw fault(
    optimizer,
    `continues differently after it was stopped: after 5 steps, saving, loading and 5 more the weights are ${found}, not ${expected}. getWeights and setWeights must hold all of its state, including the number of steps.`,
  );
}

async function checkTensors(optimizer: Optimizer): Promise<void> {
  const before = memory().numBytes;
  const { weights, steps } = training(optimizer);
  advance(steps, weights, 2);
  const early = memory().numTensors;
  advance(steps, weights, 3);
  const late = memory().numTensors;
  const { size } = weights;
  weights.dispose();
  steps.dispose();
  if (late > early) {
    throw fault(optimizer, `leaves ${(late - early) / 3} tensors behind at each step. Wrap its arithmetic in tidy.`);
  }
  // Single numbers may stay: some optimizers of tfjs keep their rates.
  const left = memory().numBytes - before;
  if (left >= 4 * size) {
    throw fault(optimizer, `leaves ${left} bytes behind when it is disposed. Dispose its state in dispose().`);
  }
}
