import { networkChecks } from "@em-stellar/core/testing";
import type { Device } from "@em-stellar/core/training";
import { adam } from "@em-stellar/optimizers";
import { builtins } from "em-stellar";
import { afterAll, beforeAll, describe, it } from "vitest";

/** Every registered network does on a device what every network must do. It takes those of the options that it has. */
export function networksConform(
  start: () => Promise<Device>,
  narrow: Readonly<Record<string, unknown>>,
  isSkipped: (check: string, network: string) => boolean = () => false,
): void {
  let device: Device;
  beforeAll(async () => {
    device = await start();
  });
  afterAll(() => device.dispose());

  const networks = builtins.list("network").map((factory) => ({ id: factory.id as string, factory }));
  describe.each(networks)("$id", ({ id, factory }) => {
    const options = Object.fromEntries(Object.entries(narrow).filter(([name]) => name in factory.defaults));
    const checks = networkChecks(factory(options), {
      prepare: (model) => device.prepare(model),
      optimizer: () =>
        adam({ learningRate: 0.02, warmupProportion: 0, minLearningRate: null }).create({ totalSteps: 80 }),
    });
    for (const { name, run } of checks) if (!isSkipped(name, id)) it(name, run);
  });
}
