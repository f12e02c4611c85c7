import { InputError } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";

/** Stands for the devices of other machines, on which the jobs of a run are trained: nothing can be trained on it here. */
export function deviceElsewhere({ id, options }: { readonly id: string; readonly options: object }): Device {
  return {
    backend: id,
    options,
    description: `${id} on other machines`,
    details: {},
    prepare() {
      throw new InputError("No device was started here: the jobs of this run are trained on other machines.");
    },
    peakBytes: () => 0,
    dispose: async () => {},
  };
}
