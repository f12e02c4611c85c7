import { InputError, readJson, writeJson } from "@em-stellar/core";
import { emptyProject, type Project, places, projectSchema } from "../project/project.js";
import { openStorage, type ProjectStorage, storageFolder } from "../project/storage.js";

/** The project that this page has open. */
interface Opened {
  readonly storage: ProjectStorage;
  /** As it is kept. */
  project: Project;
  /** Settled once the last change so far is kept, or could not be. */
  changed: Promise<unknown>;
}

let opened: Promise<Opened> | undefined;

/** The project of this page, opened at the first call. Rejects where another tab has it open, and tries anew when asked again. */
export function openedProject(): Promise<Opened> {
  if (!opened) {
    opened = open();
    opened.catch(() => {
      opened = undefined;
    });
  }
  return opened;
}

/** Changes the project and keeps it: one change after another, so that the last one is what stays. */
export async function changeProject(change: (project: Project) => Project): Promise<Project> {
  const state = await openedProject();
  const changed = state.changed.then(async () => {
    const next = change(state.project);
    await writeJson(state.storage.store, places.project, next);
    state.project = next;
    return next;
  });
  state.changed = changed.catch(() => {}); // whoever asked for the change is told
  return changed;
}

/** Removes all that is kept. */
export async function clearProject(): Promise<Project> {
  const state = await openedProject();
  await state.storage.clear();
  state.project = emptyProject;
  return state.project;
}

async function open(): Promise<Opened> {
  await requireAlone();
  const storage = await openStorage();
  const kept = await readJson(storage.store, places.project);
  const parsed = kept === undefined ? undefined : projectSchema.safeParse(kept);
  if (parsed && !parsed.success) {
    throw new InputError(
      "The project in this browser's storage is damaged, or of a later version. Open the page of the version that made it, or remove the site's data in the browser's settings to begin anew.",
    );
  }
  return { storage, project: parsed?.data ?? emptyProject, changed: Promise.resolve() };
}

/** Two that write to one project would spoil it. The worker of a page that was just closed may need a moment to end. */
async function requireAlone(): Promise<void> {
  if (!navigator.locks) return; // an old browser: nobody sees to it
  await new Promise<void>((resolve, reject) => {
    const signal = AbortSignal.timeout(3000);
    const hold = () => {
      resolve();
      return new Promise(() => {}); // until the worker ends
    };
    navigator.locks.request(storageFolder, { signal }, hold).catch(() => {
      reject(new InputError("The studio is open in another tab or window. Close that one, then reload this page."));
    });
  });
}
