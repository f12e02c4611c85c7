import { EmStellarError } from "@em-stellar/core";
import { type Device, defineBackend } from "@em-stellar/core/training";
import { activate, deactivate, shareDevice, trackPeakBytes } from "@em-stellar/kernels/backend";
import { version_core } from "@tensorflow/tfjs-core";

/** tfjs's plain JavaScript as it is: operations of our own are composed of those that it has. */
export const newBackend = defineBackend({
  id: "new-backend",
  summary: "tfjs's plain JavaScript as it is",
  defaults: {},
  start: () => shareDevice("new-backend", start),
});

async function start(): Promise<Device> {
  const tfjs = await import("@tensorflow/tfjs-backend-cpu");
  if (!(await activate("cpu"))) {
    throw new EmStellarError(`backend "new-backend" did not start; tfjs-core ${version_core} logged the reason above.`);
  }
  return {
    backend: "new-backend",
    options: {},
    description: "new-backend (plain JavaScript)",
    details: { "tfjs-core": version_core, "tfjs-backend-cpu": tfjs.version_cpu },
    prepare: (model) => model,
    peakBytes: trackPeakBytes(),
    dispose: async () => deactivate("cpu"),
  };
}
