import { openRun } from "@em-stellar/runner";
import { folderStore, serveJobs } from "@em-stellar/runner/node";
import { demoSuite } from "./demo-suite.js";
import { environment } from "./environment.js";
import { builtins } from "./registry.js";
import { type DeviceChoice, startDevice } from "./start-device.js";
import { loadSuite } from "./suite-file.js";

/** What a worker process needs to open the same run as its parent. */
export interface WorkerSetup {
  /** The suite's file; `null` for the demo. */
  readonly suite: string | null;
  /** The run folder. */
  readonly out: string;
  /** The device that the parent has chosen, by name. */
  readonly device: DeviceChoice;
}

serveJobs(async ({ suite, out, device: choice }: WorkerSetup) => {
  const loaded =
    suite === null ? { suite: demoSuite(), registry: builtins, folder: process.cwd() } : await loadSuite(suite);
  const { registry, folder } = loaded;
  const [store, device] = [await folderStore(out), await startDevice(choice, registry)];
  return openRun(loaded.suite, { registry, device, store, folder, environment: environment() });
});
