import { EmStellarError, InputError, type RunEvent, type RunStore, readJson, writeJson } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { parseSuite, runSuite, type Suite } from "@em-stellar/runner";
import type { ProjectRun } from "../../project/project.js";
import { inPageWords } from "../in-page-words.js";
import { changeProject, openedProject } from "../opened.js";
import type { Call } from "../protocol.js";
import { registryOf } from "../registry.js";
import type { RunFile, RunRequests } from "../requests/run.js";
import type { SuiteJson } from "../requests/suite.js";
import { advance, emptyView, type RunView } from "../run-view.js";
import { projectFiles } from "./data.js";
import { startDevice } from "./device.js";
import { createPreviews } from "./preview.js";

/** The benchmark that runs, of which there is one at a time. */
let current: { readonly stop: AbortController; paused: Promise<void> | undefined; resume: () => void } | undefined;

/** Milliseconds between two views that the page is told. */
const viewInterval = 200;

export async function newRun(suite: SuiteJson): Promise<ProjectRun> {
  parseSuite(suite, registryOf(await projectFiles()));
  const { runs } = (await openedProject()).project;
  const numbers = runs.map(({ id }) => Number(id.slice("run-".length)));
  const run: ProjectRun = {
    id: `run-${Math.max(0, ...numbers) + 1}`,
    suite,
    state: "stopped",
    started: new Date().toISOString(),
  };
  await changeProject((project) => ({ ...project, runs: [...project.runs, run] }));
  return run;
}

export async function run(
  { choice, id }: RunRequests["run"]["asked"],
  { tell, signal }: Call<"run">,
): Promise<{ state: "finished" | "stopped" }> {
  if (current) throw new InputError("A benchmark runs already. Stop it first.");
  const stop = new AbortController();
  signal.addEventListener("abort", () => stop.abort());
  const running = { stop, paused: undefined, resume: () => {} };
  current = running;
  try {
    const { suite: json } = await runOf(id);
    const registry = registryOf(await projectFiles());
    const suite = parseSuite(json, registry);
    const device = await startDevice(choice);
    tell({ type: "device", description: device.description });
    await setState(id, "running");
    const store = await (await openedProject()).storage.runStore(id);
    const state = await follow(id, suite, { registry, device, store }, stop.signal, tell);
    await setState(id, state);
    return { state };
  } catch (error) {
    // The first error says more than one of keeping the state.
    await setState(id, stop.signal.aborted ? "stopped" : "failed").catch(() => {});
    if (stop.signal.aborted) return { state: "stopped" };
    throw error;
  } finally {
    current = undefined;
  }
}

/** Runs a suite to its end and tells the page how it goes. */
async function follow(
  id: string,
  suite: Suite,
  outside: { readonly registry: ReturnType<typeof registryOf>; readonly device: Device; readonly store: RunStore },
  signal: AbortSignal,
  tell: Call<"run">["tell"],
): Promise<"finished" | "stopped"> {
  let view = await viewOf(id);
  let told = 0;
  const previews = createPreviews(suite, outside);
  const environment = { browser: navigator.userAgent };
  const events = runSuite(suite, { ...outside, environment, signal });
  for await (const event of events) {
    view = advance(view, event.type === "warning" ? { ...event, message: inPageWords(event.message) } : event);
    const isTurn = performance.now() - told > viewInterval;
    if (isTurn || !isFrequent(event)) {
      told = performance.now();
      tell({ type: "view", view });
    }
    // Training has just saved its state: what is kept of the view goes as far.
    if (event.type === "validation" || event.type === "job-finished" || event.type === "run-finished") {
      await keepView(id, view);
    }
    const preview = await previews.after(event);
    if (preview) tell({ type: "preview", preview });
    if (event.type === "run-finished") return "finished";
    await current?.paused;
    if (signal.aborted) return "stopped";
  }
  return "stopped";
}

function isFrequent({ type }: RunEvent): boolean {
  return type === "step" || type === "job-warming-up";
}

export async function pause(on: boolean): Promise<null> {
  if (!current) return null;
  if (on && !current.paused) {
    const running = current;
    running.paused = new Promise((resolve) => {
      running.resume = resolve;
    });
  } else if (!on) {
    current.resume();
    current.paused = undefined;
  }
  return null;
}

export async function stop(): Promise<null> {
  current?.stop.abort(new EmStellarError("The benchmark was stopped."));
  current?.resume();
  return null;
}

/** What the page shows of a benchmark, as far as it was kept. */
export async function viewOf(id: string): Promise<RunView> {
  const { storage } = await openedProject();
  const kept = (await readJson(storage.store, viewPath(id))) as RunView | undefined; // written by keepView alone
  return kept ?? emptyView;
}

async function keepView(id: string, view: RunView): Promise<void> {
  await writeJson((await openedProject()).storage.store, viewPath(id), view);
}

function viewPath(id: string): string {
  return `views/${id}.json`;
}

export async function removeRun(id: string): Promise<null> {
  const { storage } = await openedProject();
  await (await storage.runStore(id)).remove("");
  await storage.store.remove(viewPath(id));
  await changeProject((project) => ({ ...project, runs: project.runs.filter((each) => each.id !== id) }));
  return null;
}

export async function runFile({ id, path }: RunRequests["run-file"]["asked"]): Promise<Uint8Array | null> {
  return (await (await storeOf(id)).read(path)) ?? null;
}

export async function runFiles({ id, prefixes }: RunRequests["run-files"]["asked"]): Promise<RunFile[]> {
  const store = await storeOf(id);
  const found: RunFile[] = [];
  for (const path of await store.list("")) {
    if (!prefixes.some((prefix) => path.startsWith(prefix))) continue;
    const content = await store.read(path);
    if (content) found.push({ path, content });
  }
  return found;
}

/** The run folder of a benchmark of this project. */
export async function storeOf(id: string): Promise<RunStore> {
  await runOf(id);
  return (await openedProject()).storage.runStore(id);
}

async function runOf(id: string): Promise<ProjectRun> {
  const found = (await openedProject()).project.runs.find((each) => each.id === id);
  if (!found) throw new InputError(`There is no benchmark ${id} in this project any more.`);
  return found;
}

async function setState(id: string, state: ProjectRun["state"]): Promise<void> {
  await changeProject((project) => ({
    ...project,
    runs: project.runs.map((each) => (each.id === id ? { ...each, state } : each)),
  }));
}
