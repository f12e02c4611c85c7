import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import baselines from "@em-stellar/baselines";
import {
  createRegistry,
  EmStellarError,
  memoryStore,
  type Results,
  type RunEvent,
  type RunStore,
  readJson,
  writeJson,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import data from "@em-stellar/data";
import ensemble from "@em-stellar/ensemble";
import { defineAuto } from "@em-stellar/kernels/backend";
import losses from "@em-stellar/losses";
import metrics from "@em-stellar/metrics";
import unets from "@em-stellar/nets-unet";
import optimizers from "@em-stellar/optimizers";
import { parseSuite, runSuite } from "@em-stellar/runner";
import { browserStore } from "@em-stellar/runner/browser";
import type { Kept, News, Order, Pictures, Settings } from "./messages.js";
import { ranked } from "./ranked.js";
import { suiteWith } from "./suite.js";

/** What is used of a worker's global scope, which the types of a page do not have. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage(message: News): void;
  readonly location: Location;
}

const scope = globalThis as unknown as WorkerScope; // this file is the program of a worker
const tell = (news: News) => scope.postMessage(news);
const registry = createRegistry(unets, losses, optimizers, metrics, ensemble, baselines, data);
const file = "page.json";

let stopping = false;
/** Orders are carried out one after the other; the first thing is to look for what an earlier page has left. */
let work: Promise<RunStore | undefined> = prepare();

scope.onmessage = ({ data: order }) => {
  if (order.type === "stop") stopping = true;
  else {
    work = work.then(async (store) => {
      if (store) await (order.type === "run" ? run(store, order.settings) : forget(store)).catch(explain);
      return store;
    });
  }
};

async function prepare(): Promise<RunStore | undefined> {
  try {
    await requireAlone();
  } catch {
    tell({
      type: "failed",
      message: "This page is open in another tab or window. Close that one, then reload this one.",
    });
    return undefined;
  }
  try {
    const store = await browserStore("em-stellar-example");
    const kept = (await readJson(store, file)) as Kept | undefined; // written by this file alone
    tell({ type: "ready", ...(kept && { kept }) });
    const last = kept?.events.at(-1);
    if (last?.type === "run-finished") await tellPictures(store, last.results);
    return store;
  } catch (error) {
    tell({ type: "ready", lost: error instanceof Error ? error.message : String(error) });
    return memoryStore();
  }
}

/** Two that write to one store would spoil each other's run. The worker of a page that was just closed may need a moment to end. */
async function requireAlone(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const signal = AbortSignal.timeout(3000);
    const hold = () => {
      resolve();
      return new Promise(() => {}); // until the worker ends
    };
    navigator.locks.request("em-stellar-example", { signal }, hold).catch(reject);
  });
}

async function forget(store: RunStore): Promise<void> {
  await store.remove("");
  tell({ type: "ready" });
}

async function run(store: RunStore, settings: Settings): Promise<void> {
  stopping = false;
  const suite = parseSuite(suiteWith(settings.steps), registry);
  const earlier = (await readJson(store, file)) as Kept | undefined; // written by this file alone
  const events: RunEvent[] = [...(earlier?.events ?? [])];
  const keep = (state: Kept["state"]) => writeJson(store, file, { settings, state, events } satisfies Kept);
  const device = await startDevice(settings);
  try {
    tell({ type: "device", description: device.description, reasons: device.reasons ?? [] });
    await keep("running");
    const environment = { browser: navigator.userAgent };
    for await (const event of runSuite(suite, { registry, device, store, environment })) {
      events.push(event);
      tell({ type: "event", event });
      // Training has just saved its state: what is kept of the events goes as far.
      if (event.type === "validation" || event.type === "job-finished") await keep("running");
      if (event.type === "run-finished") {
        await keep("finished");
        await tellPictures(store, event.results);
        tell({ type: "ended", state: "finished" });
      } else if (stopping) {
        await keep("stopped");
        tell({ type: "ended", state: "stopped" });
        return;
      }
    }
  } catch (error) {
    await keep("stopped").catch(() => {}); // the first error says more
    throw error;
  } finally {
    await device.dispose();
  }
}

function startDevice({ device, allowSoftware }: Settings): Promise<Device> {
  // One core is left to the page.
  const threads = crossOriginIsolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)) : 1;
  const served = { wasmPaths: new URL(".", scope.location.href).href, threads };
  if (device === "wasm") return wasm(served).start();
  if (device === "webgpu") return webgpu({ allowSoftware }).start();
  return defineAuto(webgpu, wasm)(served).start();
}

/** Shows the test images beside what the best network makes of them. */
async function tellPictures(store: RunStore, results: Results): Promise<void> {
  const best = ranked(results).find(({ kind }) => kind === "network");
  const predictions = best?.runs.find(({ state }) => state === "done")?.predictions;
  if (predictions === undefined) return;
  const picture = async (path: string) =>
    new Blob([((await store.read(path)) ?? new Uint8Array()).slice()], { type: "image/png" });
  const pictures: Pictures[] = [];
  for (const { id, image, truth } of results.data.testImages) {
    pictures.push({
      image: id,
      files: [await picture(image), await picture(truth), await picture(`${predictions}/${id}.png`)],
    });
  }
  tell({ type: "pictures", pictures });
}

function explain(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  tell({
    type: "failed",
    message: error instanceof EmStellarError ? message : `Something went wrong that should not: ${message}`,
  });
}
