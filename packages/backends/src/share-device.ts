import type { Device } from "@em-stellar/core/training";
import { activate } from "./activate.js";

interface Shared {
  readonly device: Promise<Device>;
  holders: number;
}

/** tfjs has one backend of each name in a process: whoever starts it again shares it, and the last to dispose of it ends it. */
const shared = new Map<string, Shared>();

/** Starts a device, or gives a hold of the one already started under this name. */
export async function shareDevice(name: string, start: () => Promise<Device>): Promise<Device> {
  const found = shared.get(name);
  const entry = found ?? { device: start(), holders: 0 };
  shared.set(name, entry);
  entry.holders++;
  try {
    const device = await entry.device;
    if (found) await activate(name);
    let held = true;
    return {
      ...device,
      async dispose() {
        if (!held) return;
        held = false;
        if (--entry.holders > 0) return;
        shared.delete(name);
        await device.dispose();
      },
    };
  } catch (cause) {
    shared.delete(name);
    throw cause;
  }
}
