import { wasm } from "@em-stellar/backend-wasm";
import { createRandom } from "@em-stellar/core";
import { emNetV1Bn } from "@em-stellar/nets-emnet";
import { predictImage } from "@em-stellar/runner";
import { afterAll, expect, it } from "vitest";
import { memoryToPlanWith } from "../packages/runner/src/prediction/memory-to-plan-with.js";

const device = await wasm().start();
afterAll(() => device.dispose());

it("a prediction holds no more than it may, where its tiles are planned with what a rehearsal found", async () => {
  const random = createRandom(1);
  const network = emNetV1Bn({ baseFilters: 8 });
  const model = device.prepare(network.build([null, null, 1], () => random.integer(2 ** 31)));
  const [width, height, memory] = [768, 640, 64 * 2 ** 20];
  const options = { memory, tile: null, overlap: 64, stride: network.stride };
  const planned = await memoryToPlanWith(device, model, [{ width, height, channels: 1 }], options);
  expect(planned).toBeLessThan(memory);
  const data = Float32Array.from({ length: width * height }, () => random.uniform(0, 1));
  const image = { width, height, channels: 1, bits: 32, fullRange: 1, data } as const;
  const normalization = { offset: 0, scale: 1 };
  await predictImage(model, image, { ...options, normalization, memory: planned });
  expect(device.peakBytes()).toBeLessThanOrEqual(memory);
  await predictImage(model, image, { ...options, normalization });
  expect(device.peakBytes()).toBeGreaterThan(memory); // the estimate alone is too low
  model.dispose();
});
