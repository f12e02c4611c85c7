import { wasm } from "@em-stellar/backend-wasm";
import { expect, it } from "vitest";
import { components } from "../scripts/overfit/components.js";
import { firstPatch } from "../scripts/overfit/patch.js";
import { overfit } from "../scripts/overfit/train.js";

// docs/overfit.json has all networks from three seeds; this measures one of those runs anew.
it.skipIf(!process.env.EM_STELLAR_DATA)("unet-bn overfits a cardiac patch (needs EM_STELLAR_DATA)", async () => {
  const patch = await firstPatch(process.env.EM_STELLAR_DATA as string);
  const { network, optimizer } = components("unet-bn");
  const device = await wasm().start();
  const run = await overfit(device, network, optimizer, patch, 1);
  await device.dispose();
  expect(run.jaccard).toBeGreaterThan(0.95);
  expect(run.steps).toBeLessThanOrEqual(400);
});
