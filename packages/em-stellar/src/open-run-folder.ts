import { fileURLToPath } from "node:url";
import { InputError, type JobDoor, jobPath, type StopSignal } from "@em-stellar/core";
import { type OpenRun, openRun, readPlan, withSteps } from "@em-stellar/runner";
import { folderReader, folderStore } from "@em-stellar/runner/node";
import { demoSuite } from "./demo-suite.js";
import { deviceElsewhere } from "./device-elsewhere.js";
import { cacheOf, environment, processorTime, version } from "./environment.js";
import { builtins } from "./registry.js";
import { backendOf, type DeviceChoice, startDevice } from "./start-device.js";
import { loadSuite } from "./suite-file.js";

/** What it takes to open a run again, beside what its folder holds. */
interface Opening {
  /** The suite's file; `null` for the demo. */
  readonly suite: string | null;
  /** The folder that paths of the suite start from. */
  readonly folder: string;
  /** Id of the backend that the command named in place of the suite's; `null` where it named none. */
  readonly backend: string | null;
  /** The device that was chosen when the run was planned; where jobs run on other machines, the requested backend. */
  readonly device: DeviceChoice;
  /** The command that planned the run. */
  readonly command: string;
  /** Steps that the command named in place of the suite's; `null` where it named none. */
  readonly steps: number | null;
  /** Bytes of decoded images that each worker keeps; `null`: a quarter of the memory of its machine. */
  readonly cacheBytes: number | null;
}

/** What `plan.json` keeps for {@link openRunFolder}. */
export function openingOf(opening: Opening): Readonly<Record<string, unknown>> {
  return { "em-stellar": version(), ...opening };
}

/**
 * Opens a planned run from its folder alone and starts its device: for whatever does one of its jobs. Throws `InputError` where
 * there is none, or where its suite or data are no longer what they were. `signal` stops what is done of it. With `elsewhere` no
 * device is started: nothing is trained.
 */
export async function openRunFolder(
  out: string,
  signal: StopSignal,
  { elsewhere = false }: { readonly elsewhere?: boolean } = {},
): Promise<OpenRun> {
  const { opening } = await readPlan(folderReader(out));
  const { suite: file, folder, backend, device: choice, command, cacheBytes, steps } = openingIn(opening, out);
  const loaded = file === null ? { suite: demoSuite(), registry: builtins } : await loadSuite(file);
  const { registry } = loaded;
  const store = await folderStore(out);
  const device = elsewhere ? deviceElsewhere(backendOf(choice, registry)) : await startDevice(choice, registry);
  const outside = {
    registry,
    device,
    store,
    folder,
    cacheBytes: cacheBytes ?? cacheOf(1),
    processorTime,
    environment: { ...environment(), command },
    signal,
  };
  const suite = steps === null ? loaded.suite : withSteps(loaded.suite, steps);
  return openRun(backend === null ? suite : { ...suite, backend }, outside);
}

/** A module of this program, by its name beside this one when they are built. */
function moduleNamed(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The program that this is, for other processes and machines that see the same folders; its own arguments come after. */
export const command = [process.execPath, moduleNamed("./bin.js")] as const;

/** How other processes do jobs of the run in a folder. */
export function doorOf(out: string, environmentOf: JobDoor["environment"]): JobDoor {
  return {
    command: (job) => [...command, "job", out, jobPath(job)],
    server: [moduleNamed("./worker.js"), out],
    environment: environmentOf,
  };
}

/** What a plan keeps for {@link openRunFolder}. Throws `InputError` where another version made it. */
export function openingIn(opening: Readonly<Record<string, unknown>>, out: string): Opening {
  if (opening["em-stellar"] === version()) return opening as unknown as Opening; // made by openingOf of this very version
  const made = opening["em-stellar"] === undefined ? "another program" : `em-stellar ${opening["em-stellar"]}`;
  throw new InputError(
    `The run in ${out} was planned by ${made}, and this is em-stellar ${version()}. Start the run once with this version to plan it again.`,
  );
}
