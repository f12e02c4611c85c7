import { signal } from "@preact/signals";
import { ask } from "../engine/client.js";
import type { ComponentKind, ComponentView, NetworkCost, TrialView } from "../engine/requests/suite.js";
import { completeSuite, type Effort, efforts, type SuiteDraft, suggestSuite } from "../project/suggest-suite.js";
import { deviceChoice, deviceGuess, startDevice } from "./device.js";
import { images, openProject, project, projectView } from "./project.js";

/** Every component that a suite may name; undefined before they are known. */
export const components = signal<Readonly<Record<ComponentKind, readonly ComponentView[]>> | undefined>(undefined);
/** The suite as it stands on the screen. */
export const draft = signal<SuiteDraft | undefined>(undefined);
/** How long the whole may take, in minutes. */
export const minutes = signal(efforts.fast.minutes);
export const effort = signal<Effort>("fast");
/** Why the suite cannot be run. */
export const suiteProblem = signal<string | undefined>(undefined);
/** What each network costs, by its name in the draft: its place. */
export const costs = signal<readonly (NetworkCost | { readonly problem: string })[]>([]);
/** What the trial found out; undefined before one, and after the suite has changed. */
export const trial = signal<TrialView | undefined>(undefined);
export const trialBusy = signal(false);

let checks = 0;

/** Loads what the screen needs: the components, and the suite of an earlier visit or a suggestion. */
export async function openSuite(): Promise<void> {
  await openProject();
  await openComponents();
  if (draft.value || !images.value?.set) return;
  const kept = project.value?.suite;
  if (kept && "training" in kept)
    change(kept as unknown as SuiteDraft); // kept by `change`
  else suggest("fast");
}

/** What the field calls a score: `Jaccard`; its id before the components are known. */
export function scoreLabel(id: string): string {
  if (id === "loss") return "Loss";
  return components.value?.metric.find((metric) => metric.id === id.split(":")[0])?.label ?? id;
}

/** Loads the components, once. */
export async function openComponents(): Promise<void> {
  components.value ??= await ask("components", null);
}

/** Loads the components anew: a plugin has brought some. */
export async function renewComponents(): Promise<void> {
  components.value = await ask("components", null);
}

/** Replaces the suite by the one that is proposed for an effort. */
export function suggest(wanted: Effort): void {
  const set = images.value?.set;
  if (!set || !components.value) return;
  effort.value = wanted;
  minutes.value = efforts[wanted].minutes;
  const isGpu = deviceChoice.value.backend !== "wasm" && deviceGuess.value?.kind === "webgpu";
  const name = project.value?.name ?? "my-images";
  change(suggestSuite(wanted, { set, name, isGpu, known: components.value.network }));
}

/** Takes over a changed suite: it is kept and looked at. */
export async function change(next: SuiteDraft): Promise<void> {
  const before = draft.value;
  draft.value = next;
  const isSameWork = before && JSON.stringify(workOf(before)) === JSON.stringify(workOf(next));
  if (!isSameWork) {
    trial.value = undefined;
    costs.value = [];
  }
  const set = images.value?.set;
  if (!set) return;
  const check = ++checks;
  try {
    await ask("keep-suite", { ...next });
    const { problem } = await ask("check-suite", completeSuite(next, set));
    if (check !== checks) return;
    suiteProblem.value = problem ?? undefined;
    if (problem === null && (!isSameWork || costs.value.length === 0)) await count();
  } catch (error) {
    if (check === checks) suiteProblem.value = error instanceof Error ? error.message : String(error);
  }
}

/** What a trial measures: a change of it makes the last one void. */
function workOf({ networks, training: { patch, batchSize }, loss, optimizer }: SuiteDraft) {
  return { networks, patch, batchSize, loss, optimizer: optimizer.id };
}

async function count(): Promise<void> {
  const [set, current, check] = [images.value?.set, draft.value, checks];
  if (!set || !current || !(await startDevice())) return;
  const counted = await ask("network-costs", { choice: deviceChoice.value, suite: completeSuite(current, set) });
  if (check === checks) costs.value = counted;
}

/** Trains each network for ten steps, and sets as many steps as the minutes allow. */
export async function tryOut(): Promise<void> {
  const [set, current] = [images.value?.set, draft.value];
  if (!set || !current || trialBusy.value) return;
  trialBusy.value = true;
  try {
    if (!(await startDevice())) return;
    trial.value = await ask("trial", { choice: deviceChoice.value, suite: completeSuite(current, set) });
    await fillTime();
  } catch (error) {
    suiteProblem.value = error instanceof Error ? error.message : String(error);
  } finally {
    trialBusy.value = false;
  }
}

/** As many steps as fit into the minutes, by the last trial. */
export async function fillTime(): Promise<void> {
  const [found, current] = [trial.value, draft.value];
  if (!found || !current || found.speeds.length === 0) return;
  const { speeds } = found;
  const { steps, validateEvery } = await ask("budget", { speeds, folds: current.folds, minutes: minutes.value });
  await change({ ...current, training: { ...current.training, steps, validateEvery } });
}

/** Seconds that one network takes on all folds, by the last trial; undefined before one, or where its trial failed. */
export function secondsOf(network: string): number | undefined {
  const [found, current] = [trial.value, draft.value];
  const speed = found?.speeds.find(({ method }) => method === network);
  if (!speed || !current) return undefined;
  const { steps, validateEvery } = current.training;
  const each = speed.start + steps * speed.step + (steps / validateEvery) * speed.validation + speed.test;
  return current.folds * each;
}

/** Begins a benchmark of the suite and tells its id; undefined where it cannot be run, and `suiteProblem` says why. */
export async function begin(): Promise<string | undefined> {
  const [set, current] = [images.value?.set, draft.value];
  if (!set || !current) return undefined;
  try {
    const { id } = await ask("new-run", completeSuite(current, set));
    projectView.value = await ask("open-project", null);
    return id;
  } catch (error) {
    suiteProblem.value = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}
