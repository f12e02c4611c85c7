import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, install, softwareGpu } from "./installation.js";

/** Trains a small U-net on wasm, whose kernels are tested against finite differences, and on another backend. */
const program = `
import { startBackend } from "@em-stellar/backends";
import { createRandom } from "@em-stellar/core";
import { jaccardLog } from "@em-stellar/losses";
import { unetBn } from "@em-stellar/nets-unet";
import { radam } from "@em-stellar/optimizers";
import * as tf from "@tensorflow/tfjs-core";

const side = 16;
const steps = 8;
async function train(id, options) {
  const device = await startBackend(id, options);
  const random = createRandom(1);
  const model = unetBn({ baseFilters: 3, depth: 1, dropout: null, head: "stable" }).build([side, side, 1], () => random.integer(2 ** 31));
  const images = tf.tensor4d(Float32Array.from({ length: 2 * side * side }, (_, i) => random.normal() + 2 * (i % side > side / 2)), [2, side, side, 1]);
  const masks = tf.tensor4d(Float32Array.from({ length: 2 * side * side }, (_, i) => (i % side > side / 2 ? 1 : 0)), [2, side, side, 1]);
  const weights = model.trainableWeights;
  const variables = weights.map((weight) => weight.read());
  const cost = () => jaccardLog().compute(masks, model.apply(images, { training: true }));
  const { value, grads } = tf.variableGrads(cost, variables);
  const gradients = [];
  for (const [i, { name }] of variables.entries()) gradients.push([weights[i].originalName, [...(await grads[name].data())]]);
  tf.dispose([value, grads]);
  const optimizer = radam({ learningRate: 0.05 }).create({ totalSteps: 20 * steps });
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const loss = optimizer.minimize(cost, true, variables);
    losses.push((await loss.data())[0]);
    loss.dispose();
  }
  await device.dispose();
  return { gradients, losses };
}

const [id, options = "{}"] = process.argv.slice(2);
const there = await train("wasm");
const here = await train(id, JSON.parse(options));
console.log(JSON.stringify({ there, here }));
`;

interface Trained {
  readonly gradients: readonly (readonly [name: string, values: readonly number[]])[];
  readonly losses: readonly number[];
}

let installation: Installation;
beforeAll(async () => {
  installation = await install();
  writeFileSync(join(installation.folder, "train.mjs"), program);
});
afterAll(() => installation.dispose());

const norm = (values: readonly number[]) => Math.hypot(...values);

async function requireSameTraining(id: string, options = {}, env = {}): Promise<void> {
  const ended = await installation.run(["train.mjs", id, JSON.stringify(options)], env);
  expect(ended.status, ended.stderr).toBe(0);
  const { there, here }: { there: Trained; here: Trained } = JSON.parse(ended.stdout);
  const largest = Math.max(...there.gradients.map(([, values]) => norm(values)));
  for (const [i, [name, expected]] of there.gradients.entries()) {
    const difference = expected.map((value, j) => value - (here.gradients[i]?.[1][j] as number));
    // The gradient of a bias before batch normalization is zero but for rounding.
    expect(norm(difference) / Math.max(norm(expected), 0.01 * largest), name).toBeLessThan(1e-4);
  }
  expect(there.losses.at(-1)).toBeLessThan(there.losses[0] as number);
  for (const [step, loss] of there.losses.entries()) expect(here.losses[step]).toBeCloseTo(loss, 3);
}

describe.skipIf(!softwareGpu)("webgpu (needs Chromium's software adapter: scripts/install-chromium.sh)", () => {
  const env = { ...softwareGpu };
  beforeAll(() => {
    installation.link("webgpu");
    installation.link("@tensorflow/tfjs-backend-webgpu");
  });

  it("trains a U-net as wasm does: gradients and losses", () =>
    requireSameTraining("webgpu", { allowSoftware: true }, env));

  it("says that the GPU refused work, where tfjs reads zeros", async () => {
    const tooMuch = `
      import { startBackend } from "@em-stellar/backends";
      import * as tf from "@tensorflow/tfjs-core";
      const device = await startBackend("webgpu", { allowSoftware: true });
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

const tfjsNode = fileURLToPath(new URL("../../../node_modules/@tensorflow/tfjs-node", import.meta.url));

describe.skipIf(!existsSync(tfjsNode))(
  "tensorflow (needs the package @tensorflow/tfjs-node in this repository)",
  () => {
    it("trains a U-net as wasm does: gradients and losses", async () => {
      installation.link("@tensorflow/tfjs-node");
      await requireSameTraining("tensorflow");
    });
  },
);
