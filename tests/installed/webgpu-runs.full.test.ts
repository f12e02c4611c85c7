import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, install, softwareGpu } from "./installation.js";

/** Runs a suite of one small network on webgpu, and tells its events, one JSON a line. `plan` changes from test to test. */
const program = (plan: string) => `
import { webgpu } from "@em-stellar/backend-webgpu";
import { createRegistry, definePlugin, memoryStore } from "@em-stellar/core";
import { defineLoss } from "@em-stellar/core/training";
import { phantom } from "@em-stellar/data";
import losses, { jaccardLog } from "@em-stellar/losses";
import metrics, { jaccard } from "@em-stellar/metrics";
import nets, { preluNet } from "@em-stellar/nets-unet";
import optimizers, { adam, sgd } from "@em-stellar/optimizers";
import { defineSuite, runSuite } from "@em-stellar/runner";
import * as tf from "@tensorflow/tfjs-core";

let [calls, destroyedAt] = [0, Number.POSITIVE_INFINITY];
const watched = defineLoss({
  id: "watched",
  summary: "Jaccard-log, at one call of which the GPU is gone.",
  defaults: {},
  compute(truth, prediction) {
    if (++calls === destroyedAt) tf.backend().device.destroy();
    return jaccardLog().compute(truth, prediction);
  },
});
const registry = createRegistry(losses, metrics, nets, optimizers, definePlugin({ name: "own", version: "1.0.0", components: [phantom, watched] }));
const definition = {
  name: "small",
  data: phantom({ size: 64, trainImages: 2, testImages: 1, groups: 2 }),
  networks: [preluNet({ baseFilters: 2, depth: 1, dropout: null, batchNormMomentum: 0.9 })],
  loss: watched(),
  optimizer: adam({ learningRate: 1e-3 }),
  metrics: [jaccard()],
  folds: 2,
  training: { patch: 16, batchSize: 2, steps: 40, validateEvery: 10, checkpoints: ["loss"] },
  augmentation: null,
};
const store = memoryStore();
async function play(change, seen = () => {}) {
  calls = 0;
  const device = await webgpu({ allowSoftware: true }).start();
  for await (const event of runSuite(defineSuite({ ...definition, ...change }), { registry, device, store })) {
    console.log(JSON.stringify(event));
    if (seen(event)) break;
  }
  await device.dispose();
}
${plan}
`;

interface Told {
  readonly type: string;
  readonly [detail: string]: unknown;
}

let installation: Installation;
beforeAll(async () => {
  installation = await install();
});
afterAll(() => installation.dispose());

async function told(plan: string): Promise<Told[]> {
  writeFileSync(join(installation.folder, "run.mjs"), program(plan));
  const { status, stdout, stderr } = await installation.run(["run.mjs"], softwareGpu);
  expect(status, stderr).toBe(0);
  const lines = stdout.split("\n").filter((line) => line.startsWith("{")); // Dawn writes lines of its own
  return lines.map((line) => JSON.parse(line));
}

describe.skipIf(!softwareGpu)("webgpu (needs Chromium's software adapter: scripts/install-chromium.sh)", () => {
  beforeAll(() => {
    installation.link("webgpu");
  });

  it("a run that loses the GPU ends with a clear error, and continues from its last validation", async () => {
    const events = await told(`
      destroyedAt = 28; // of the first fold, in which the twentieth step and its validation are done
      await play({});
      console.log(JSON.stringify({ type: "again" }));
      destroyedAt = Number.POSITIVE_INFINITY;
      await play({});
    `);
    const [first, again] = [
      events.slice(
        0,
        events.findIndex(({ type }) => type === "again"),
      ),
      events.slice(events.findIndex(({ type }) => type === "again")),
    ];
    const job = { method: "prelu-net", fold: 0, seed: 1 };
    const validated = first.filter((event) => event.type === "validation").map(({ point }) => (point as Told).step);
    expect(validated).toEqual([10, 20]);
    expect(first).toContainEqual({
      type: "job-failed",
      job,
      step: expect.any(Number),
      // Noticed where losses are read: after a quarter of a second, at the next validation at the latest.
      message: expect.stringMatching(/^backend "webgpu": The GPU was lost \(destroyed\): .* \(at step (2\d|30)\)$/),
      cause: "device",
    });
    expect(again).toContainEqual({ type: "job-started", job, step: 20, totalSteps: 40 });
    for (const fold of [0, 1]) {
      expect(again).toContainEqual(expect.objectContaining({ type: "job-finished", job: { ...job, fold } }));
    }
  });

  it("a training that diverges is noticed at the step that did it", async () => {
    const events = await told("await play({ optimizer: sgd({ learningRate: 1e15, warmupProportion: 0 }) });");
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "job-failed",
        message: expect.stringMatching(/the loss became NaN at step [23]\b/),
      }),
    );
  });

  it("uses as much memory of the GPU after 1050 steps as after 50", async () => {
    const events = await told(`
      const tell = (step) => {
        const { numTensors: tensors, numBytesInGPU: used, numBytesAllocatedInGPU: held } = tf.memory();
        console.log(JSON.stringify({ type: "memory", step, tensors, used, held }));
      };
      let next = 50;
      await play({ training: { ...definition.training, steps: 1100, validateEvery: 1100 } }, ({ type, step }) => {
        if (type !== "step" || step < next) return false;
        tell(step);
        next = step < 1050 ? 1050 : Number.POSITIVE_INFINITY;
        return next > 1100;
      });
    `);
    const [first, last] = events.filter(({ type }) => type === "memory") as [Told, Told];
    expect(last.step).toBeGreaterThanOrEqual(1050);
    expect(first.step).toBeLessThan(200);
    expect([last.tensors, last.used]).toEqual([first.tensors, first.used]);
    // tfjs keeps buffers for later tensors; how many it ever needs at once depends on where losses are read.
    expect(last.held).toBeLessThan(1.05 * (first.held as number));
  });
});
