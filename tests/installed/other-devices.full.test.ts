import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasTfjsNode, type Installation, install, noTfjsNode, softwareGpu } from "./installation.js";

/**
 * Trains small networks on wasm, whose kernels are tested against finite differences, and on another backend: at each step from
 * the weights that wasm has, which gives gradients to compare, and then freely.
 */
const comparison = `
import { tensorflow } from "@em-stellar/backend-tensorflow";
import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import { createRandom } from "@em-stellar/core";
import { jaccardLog } from "@em-stellar/losses";
import { Tlu } from "@em-stellar/nets-emnet";
import { preluNet, unetBn } from "@em-stellar/nets-unet";
import { sgd } from "@em-stellar/optimizers";
import * as tf from "@tensorflow/tfjs-core";
import { initializers, input, layers, model as modelOf } from "@tensorflow/tfjs-layers";

/**
 * As an EM-net: TLUs on their own and behind normalizations. A whole EM-net normalizes over eight values at its bottom, which
 * makes so much of what single precision leaves that now and then a ReLU takes another side, and its gradient with it.
 */
function smallEmNet([height, width, channels], seed) {
  const image = input({ shape: [height, width, channels] });
  const unit = (x, filters, normalized) => {
    const y = layers.conv2d({ filters, kernelSize: 3, padding: "same", kernelInitializer: initializers.heNormal({ seed: seed() }) }).apply(x);
    return new Tlu({}).apply(normalized ? layers.batchNormalization().apply(y) : y);
  };
  const above = unit(unit(image, 4, true), 4, false);
  const below = unit(unit(layers.maxPooling2d({ poolSize: 2 }).apply(above), 6, true), 6, true);
  const joined = layers.concatenate().apply([above, layers.upSampling2d({ size: [2, 2] }).apply(below)]);
  const outputs = layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer: initializers.heNormal({ seed: seed() }) }).apply(unit(joined, 4, true));
  return modelOf({ inputs: image, outputs });
}

const networks = {
  "unet-bn": () => unetBn({ baseFilters: 3, depth: 1, dropout: null, head: "stable" }),
  "prelu-net": () => preluNet({ baseFilters: 3, depth: 1, dropout: null, head: "stable", preluInitial: 0.25 }),
  "small EM-net": () => ({ stride: 2, build: smallEmNet }),
};
const { id, options, network, steps, freeSteps } = JSON.parse(process.argv[2]);

async function train(id, options, followed) {
  const device = await { tensorflow, wasm, webgpu }[id](options).start();
  const random = createRandom(1);
  const built = networks[network]();
  const side = Math.max(16, 2 * built.stride);
  const shape = [2, side, side, 1];
  const model = device.prepare(built.build(shape.slice(1), () => random.integer(2 ** 31)));
  const variables = model.trainableWeights.map((weight) => weight.read());
  const valuesOf = (tensors) => Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data())));
  const assign = (values) => variables.forEach((variable, i) => tf.tidy(() => variable.assign(tf.tensor(values[i], variable.shape))));
  const createOptimizer = () => sgd({ learningRate: 0.05 }).create({ totalSteps: 20 * steps });

  /** The batch of a step, and the loss of it. */
  const lossOf = (step) => {
    const noise = createRandom("batch " + step);
    const masks = tf.tensor4d(Float32Array.from({ length: 2 * side * side }, (_, i) => Number((i + 3 * step) % side > side / 2)), shape);
    const images = tf.add(masks, tf.tensor4d(Float32Array.from({ length: 2 * side * side }, () => noise.normal()), shape));
    return jaccardLog().compute(masks, model.apply(images, { training: true }));
  };

  const begin = await valuesOf(variables);
  const optimizer = createOptimizer();
  const seen = [];
  for (let step = 0; step < steps; step++) {
    if (followed) assign(followed[step].before);
    const before = followed ? undefined : await valuesOf(variables);
    const { value, grads } = tf.variableGrads(() => lossOf(step), variables);
    const inOrder = variables.map(({ name }) => grads[name]);
    seen.push({ before, gradients: await valuesOf(inOrder) });
    if (!followed) optimizer.applyGradients(variables.map(({ name }) => ({ name, tensor: grads[name] })));
    tf.dispose([value, grads]);
  }
  assign(begin);
  const free = createOptimizer();
  const losses = [];
  for (let step = 0; step < freeSteps; step++) {
    const loss = free.minimize(() => lossOf(step), true, variables);
    losses.push((await loss.data())[0]);
    loss.dispose();
  }
  await device.dispose();
  return { seen, losses };
}

const there = await train("wasm");
const here = await train(id, options, there.seen);
const norm = (values) => Math.hypot(...values);
const differences = there.seen.map(({ gradients }, step) => {
  const lengths = gradients.map(norm);
  const apart = gradients.map((expected, i) => norm(expected.map((value, j) => value - here.seen[step].gradients[i][j])));
  // The gradient of a bias before batch normalization is zero but for rounding.
  const shares = apart.map((difference, i) => difference / Math.max(lengths[i], 0.01 * Math.max(...lengths)));
  return { whole: norm(apart) / norm(lengths), worst: Math.max(...shares) };
});
console.log(JSON.stringify({ differences, losses: { there: there.losses, here: here.losses } }));
`;

/** What that tells. */
interface Compared {
  /** Of each step how far the gradients are apart, as a share of their length: of all weights together, and the most of one weight. */
  readonly differences: readonly { readonly whole: number; readonly worst: number }[];
  readonly losses: { readonly there: readonly number[]; readonly here: readonly number[] };
}

let installation: Installation;
beforeAll(async () => {
  installation = await install();
  writeFileSync(join(installation.folder, "comparison.mjs"), comparison);
});
afterAll(() => installation.dispose());

interface Training {
  readonly network: "unet-bn" | "prelu-net" | "small EM-net";
  readonly steps: number;
  readonly freeSteps: number;
}

async function requireSameTraining(id: string, training: Training, options = {}, env = {}): Promise<void> {
  const ended = await installation.run(["comparison.mjs", JSON.stringify({ id, options, ...training })], env);
  expect(ended.status, ended.stderr).toBe(0);
  const told = ended.stdout.split("\n").find((line) => line.startsWith("{")) as string; // Dawn writes lines of its own
  const { differences, losses }: Compared = JSON.parse(told);
  expect(differences).toHaveLength(training.steps);
  for (const [step, { whole, worst }] of differences.entries()) {
    expect(whole, `the gradient of step ${step}`).toBeLessThan(1e-4);
    expect(worst, `the gradient of one weight at step ${step}`).toBeLessThan(1e-4);
  }
  expect(losses.there).toHaveLength(training.freeSteps);
  expect(losses.there.at(-1)).toBeLessThan(losses.there[0] as number);
  for (const [step, loss] of losses.there.entries()) {
    expect(Math.abs((losses.here[step] as number) - loss), `the loss of step ${step}`).toBeLessThan(1e-3);
  }
}

describe.skipIf(!softwareGpu)("webgpu (needs Chromium's software adapter: scripts/install-chromium.sh)", () => {
  const env = { ...softwareGpu };
  beforeAll(() => {
    installation.link("webgpu");
  });

  it.each(["prelu-net", "small EM-net"] as const)(
    "trains a %s as wasm does: gradients of 50 steps, losses of 20",
    (network) => requireSameTraining("webgpu", { network, steps: 50, freeSteps: 20 }, { allowSoftware: true }, env),
  );

  it("says that the GPU refused work, where tfjs reads zeros", async () => {
    const tooMuch = `
      import { webgpu } from "@em-stellar/backend-webgpu";
      import * as tf from "@tensorflow/tfjs-core";
      const device = await webgpu({ allowSoftware: true }).start();
      const small = tf.fill([64, 64], 1);
      const large = tf.fill([2 ** 29], 1); // 2 GiB: no such buffer can be made, and no memory is taken
      await large.data().catch((error) => console.log(error.message));
      await small.data().catch((error) => console.log(error.message));
      await device.dispose();
    `;
    writeFileSync(join(installation.folder, "too-much.mjs"), tooMuch);
    const { status, stdout, stderr } = await installation.run(["too-much.mjs"], env);
    const refused = /^backend "webgpu": The GPU refused work: Buffer size \(2147483648\) exceeds the max buffer size/;
    expect(status, stderr).toBe(0);
    const told = stdout.split("\n").filter((line) => line.startsWith("backend ")); // Dawn writes lines of its own
    expect(told).toEqual([expect.stringMatching(refused), expect.stringMatching(refused)]);
  });
});

describe.skipIf(!hasTfjsNode)(hasTfjsNode ? "tensorflow" : `tensorflow (skipped: ${noTfjsNode})`, () => {
  beforeAll(() => installation.link("@tensorflow/tfjs-node"));

  it("trains a U-net as wasm does: gradients and losses", () =>
    requireSameTraining("tensorflow", { network: "unet-bn", steps: 8, freeSteps: 8 }));

  it("holds as many tensors after 12 steps as after 4, tells the most bytes, and starts again after its end", async () => {
    const steps = `
      import { tensorflow } from "@em-stellar/backend-tensorflow";
      import { jaccardLog } from "@em-stellar/losses";
      import { unetBn } from "@em-stellar/nets-unet";
      import { radam } from "@em-stellar/optimizers";
      import * as tf from "@tensorflow/tfjs-core";
      const told = [];
      for (const round of [1, 2]) {
        const device = await tensorflow().start();
        const before = device.peakBytes();
        tf.tidy(() => tf.relu(tf.relu(tf.zeros([1000])))); // three tensors at once, of which the last two are native
        const three = device.peakBytes() - before;
        let seed = 1;
        const model = device.prepare(unetBn({ baseFilters: 2, depth: 2 }).build([32, 32, 1], () => seed++));
        const images = tf.randomUniform([2, 32, 32, 1], 0, 1, "float32", 1);
        const masks = tf.cast(tf.greater(images, 0.5), "float32");
        const variables = model.trainableWeights.map((weight) => weight.read());
        const optimizer = radam().create({ totalSteps: 12 });
        const counts = [];
        for (let step = 1; step <= 12; step++) {
          optimizer.minimize(() => jaccardLog().compute(masks, model.apply(images, { training: true })), false, variables);
          counts.push(tf.memory().numTensors);
        }
        told.push({ three, held: counts[11] - counts[3] });
        tf.dispose([images, masks]);
        optimizer.dispose();
        model.dispose();
        await device.dispose();
      }
      console.log(JSON.stringify(told));
    `;
    writeFileSync(join(installation.folder, "steps.mjs"), steps);
    const { status, stdout, stderr } = await installation.run(["steps.mjs"]);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      { three: 12_000, held: 0 },
      { three: 12_000, held: 0 },
    ]);
  });
});
