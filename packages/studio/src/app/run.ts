import { batch, computed, signal } from "@preact/signals";
import { ask } from "../engine/client.js";
import type { Preview, RunNews } from "../engine/requests/run.js";
import { emptyView, type RunView, shareDone } from "../engine/run-view.js";
import type { ProjectRun } from "../project/project.js";
import { deviceChoice, deviceProblem, startDevice } from "./device.js";
import { openProject, project, projectView } from "./project.js";

/** The benchmark that is looked at; undefined where there is none. */
export const runId = signal<string | undefined>(undefined);
export const runView = signal<RunView>(emptyView);
/** What the page does with the benchmark at the moment. */
export const activity = signal<"idle" | "running" | "paused" | "stopping">("idle");
export const runProblem = signal<string | undefined>(undefined);
/** The last previews, by the names of the methods. */
export const previews = signal<ReadonlyMap<string, Preview>>(new Map());
/** Seconds until the benchmark is finished; undefined where that cannot be told yet. */
export const secondsLeft = signal<number | undefined>(undefined);

export const currentRun = computed(() => project.value?.runs.find(({ id }) => id === runId.value));

let began: { readonly time: number; readonly share: number } | undefined;

/** Shows the last benchmark of the project. One that was running when the page was closed goes on. */
export async function openRuns(): Promise<void> {
  await openProject();
  if (activity.value !== "idle") return;
  const last = project.value?.runs.at(-1);
  if (!last) return;
  if (runId.value === undefined || !project.value?.runs.some(({ id }) => id === runId.value)) await show(last.id);
  if (last.state === "running" && runId.value === last.id) goOn();
}

/** Shows a benchmark as far as it went. */
export async function show(id: string): Promise<void> {
  const view = await ask("run-view", id);
  batch(() => {
    if (runId.value !== id) previews.value = new Map();
    runId.value = id;
    runView.value = view;
    secondsLeft.value = undefined;
    runProblem.value = undefined;
  });
}

/** Goes on with the benchmark that is shown, until it is finished or stopped. */
export async function goOn(): Promise<void> {
  const id = runId.value;
  if (id === undefined || activity.value !== "idle") return;
  activity.value = "running";
  runProblem.value = undefined;
  began = undefined;
  try {
    if (!(await startDevice())) throw new Error(deviceProblem.value ?? "The device does not start.");
    await ask("run", { choice: deviceChoice.value, id }, { told: hear });
  } catch (error) {
    runProblem.value = error instanceof Error ? error.message : String(error);
  } finally {
    activity.value = "idle";
    secondsLeft.value = undefined;
    projectView.value = await ask("open-project", null);
    runView.value = await ask("run-view", id);
  }
}

function hear(news: RunNews): void {
  if (news.type === "preview") {
    previews.value = new Map(previews.value).set(news.preview.job.method, news.preview);
  } else if (news.type === "view") {
    runView.value = news.view;
    secondsLeft.value = left(shareDone(news.view));
  }
}

/** Of the time since this page goes on with it, by the share that was done in it. */
function left(share: number): number | undefined {
  const now = performance.now() / 1000;
  if (share === 0) return undefined;
  began ??= { time: now, share };
  const done = share - began.share;
  return done < 0.01 ? undefined : ((now - began.time) * (1 - share)) / done;
}

export async function pause(): Promise<void> {
  if (activity.value !== "running") return;
  activity.value = "paused";
  await ask("pause", true);
}

export async function resume(): Promise<void> {
  if (activity.value !== "paused") return;
  activity.value = "running";
  began = undefined;
  await ask("pause", false);
}

export async function stop(): Promise<void> {
  if (activity.value === "idle") return;
  activity.value = "stopping";
  await ask("stop", null);
}

/** Removes a benchmark with its models, and shows the last of the others. */
export async function remove({ id }: ProjectRun): Promise<void> {
  await ask("remove-run", id);
  projectView.value = await ask("open-project", null);
  if (runId.value !== id) return;
  const last = project.value?.runs.at(-1);
  runId.value = undefined;
  runView.value = emptyView;
  if (last) await show(last.id);
}
