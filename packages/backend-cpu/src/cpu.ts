import { EmStellarError } from "@em-stellar/core";
import { type Device, defineBackend } from "@em-stellar/core/training";
import { activate, deactivate, installKernels, shareDevice, trackPeakBytes } from "@em-stellar/kernels/backend";
import { backend, version_core } from "@tensorflow/tfjs-core";
import { resizeNearestNeighborGrad } from "./resize-nearest-neighbor-grad.js";

/** Plain JavaScript, some hundred times slower than `wasm`: for reference, and where nothing else starts. */
export const cpu = defineBackend({
  id: "cpu",
  summary: "plain JavaScript: a slow reference that starts anywhere",
  defaults: {},
  start: () => shareDevice("cpu", start),
});

async function start(): Promise<Device> {
  const tfjsCpu = await import("@tensorflow/tfjs-backend-cpu");
  if (!(await activate("cpu"))) {
    throw new EmStellarError(`backend "cpu" did not start; tfjs-core ${version_core} logged the reason above.`);
  }
  // Its first use prints an advertisement of tfjs-node to the console, which a program cannot otherwise prevent.
  Object.assign(backend(), { firstUse: false });
  const restore = installKernels([resizeNearestNeighborGrad], []);
  return {
    backend: "cpu",
    options: {},
    description: "cpu (plain JavaScript)",
    details: { "tfjs-core": version_core, "tfjs-backend-cpu": tfjsCpu.version_cpu },
    prepare: (model) => model,
    peakBytes: trackPeakBytes(),
    async dispose() {
      restore();
      deactivate("cpu");
    },
  };
}
