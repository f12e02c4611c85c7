import type { Device } from "@em-stellar/core/training";
import { activate } from "./activate.js";

interface Shared {
  readonly device: Promise<Device>;
  holders: number;
}

/** tfjs has one backend of each name in a process: whoever starts it again shares it, and the last to dispose of it ends it. */
const shared = new Map<string, Shared>();

/** Starts a device, or gives a hold of the one already started under this id. `name` is tfjs's name of the backend. */
export async function shareDevice(id: string, start: () => Promise<Device>, name = id): Promise<Device> {
  const found = shared.get(id);
  const entry = found ?? { device: start(), holders: 0 };
  shared.set(id, entry);
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
        shared.delete(id);
        await device.dispose();
      },
    };
  } catch (cause) {
    shared.delete(id);
    throw cause;
  }
}
