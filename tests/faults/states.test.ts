import "@tensorflow/tfjs-backend-cpu";
import { createHash } from "node:crypto";
import { memoryStore, type Random } from "@em-stellar/core";
import { unet } from "@em-stellar/nets-unet";
import { adam } from "@em-stellar/optimizers";
import { memory, setBackend } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { restoreState, saveState } from "../../packages/runner/src/training/job-state.js";
import { mutateBytes, oneOf } from "./mutate-bytes.js";
import { mutateJson } from "./mutate-json.js";
import { attack, naming } from "./tally.js";

const path = "jobs/unet/fold-0/seed-1/last/state.bin";

/** A state whose checksum is right and whose content is not: a stranger, or another version, may have written it. */
function sealed(bytes: Uint8Array): Uint8Array {
  const hash = new TextEncoder().encode(createHash("sha256").update(bytes).digest("hex"));
  return Buffer.concat([bytes, hash]);
}

/** Another header in front of the same tensors. */
function withHeader(bytes: Uint8Array, random: Random): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const old = bytes.subarray(4, 4 + length);
  const header = mutateJson(old, old, random);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(header.length);
  return Buffer.concat([size, header, bytes.subarray(4 + length)]);
}

it("states of trainings are restored, or refused by name", async () => {
  await setBackend("cpu");
  const network = unet({ baseFilters: 1, depth: 1 });
  const model = network.build([8, 8, 1], () => 1);
  const plan = { totalSteps: 10, validationLosses: () => [] };
  const optimizer = adam().create(plan);
  const store = memoryStore();
  const point = { step: 3, seconds: 1, loss: 0.5, validation: { loss: 0.5 } };
  const state = { step: 3, seconds: 1, history: [point], best: { loss: { step: 3, value: 0.5, threshold: 0.5 } } };
  await saveState(store, path, { ...state, warnings: [] }, model, optimizer);
  const whole = (await store.read(path)) as Uint8Array; // it was just written
  const content = whole.subarray(0, whole.length - 64);
  const { numTensors } = memory();
  const { accepted, refused } = await attack("states", 200, async (random) => {
    const spoilt = oneOf(
      [
        () => mutateBytes(whole, content, random),
        () => sealed(mutateBytes(content, content, random)),
        () => sealed(withHeader(content, random)),
      ],
      random,
    )();
    await store.write(path, spoilt);
    return naming("state.bin", async () => {
      const fresh = adam().create(plan);
      try {
        const restored = await restoreState(store, path, model, fresh);
        if (!(restored && restored.step >= 0)) throw new Error(`the step is ${restored?.step}`);
      } finally {
        fresh.dispose();
      }
    });
  });
  expect(Math.min(accepted, refused)).toBeGreaterThan(5);
  expect(memory().numTensors).toBe(numTensors);
  model.dispose();
});
