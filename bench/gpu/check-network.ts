import { createRandom } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { binaryCrossEntropy } from "@em-stellar/losses";
import { type NetworkId, networks } from "./networks.js";
import { type PassRecord, recordPass } from "./record-pass.js";

/** With which no value of the pass comes so near a jump of a slope that rounding may take it across, as torch_step.py counts. */
const seeds: Readonly<Record<NetworkId, number>> = { "unet-bn": 5, "em-net-v2-4x": 3 };

/** A pass of a narrow form of a network, prepared for the current backend: two images of 32², small enough for plain text. */
export async function smallPass(id: NetworkId, prepare: Device["prepare"], seed = seeds[id]): Promise<PassRecord> {
  const random = createRandom(seed);
  // The faithful head may be dead from the start, and would then hide all that is before it.
  const network = networks[id].create({ baseFilters: 2, head: "stable" });
  const model = prepare(network.build([32, 32, 1], () => random.integer(2 ** 31)));
  const loss = binaryCrossEntropy();
  try {
    return await recordPass(model, (truth, prediction) => loss.compute(truth, prediction), 32, 2);
  } finally {
    model.dispose();
  }
}
