import { cpu } from "@em-stellar/backend-cpu";
import { cuda, tensorflow } from "@em-stellar/backend-tensorflow";
import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import { check } from "@em-stellar/kernels/testing";
import { topics } from "./topics.js";

const backends = { cpu, cuda, tensorflow, wasm, webgpu };

/** What a program elsewhere is to check; JSON. */
export interface Order {
  readonly backend: keyof typeof backends;
  /** Of the backend. */
  readonly options: object;
  /** Keys of cases to leave out. */
  readonly without: readonly string[];
  /** Errors may be so many times as large. */
  readonly leniency: number;
}

/** What it tells: of the device first, then what came of each case. */
export interface Told {
  readonly description?: string;
  readonly key?: string;
  readonly problem?: string;
}

/** Checks the cases in the place that this runs in. */
export async function checkAll({ backend, options, without, leniency }: Order, tell: (told: Told) => void) {
  const device = await backends[backend](options).start();
  tell({ description: device.description });
  for (const { name: topic, cases } of topics) {
    for (const item of cases) {
      const key = `${topic}: ${item.name}`;
      if (without.includes(key)) continue;
      const problem = await check(item, device, leniency).catch((error: unknown) => error);
      tell({ key, ...(problem instanceof Error && { problem: problem.message }) });
    }
  }
  await device.dispose();
}
