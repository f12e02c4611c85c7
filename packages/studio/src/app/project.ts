import type { Said } from "@em-stellar/data";
import { computed, signal } from "@preact/signals";
import { ask } from "../engine/client.js";
import type { ImagesView, ProjectView } from "../engine/requests/data.js";
import type { GivenFile } from "../files/given-file.js";
import type { PublicSet } from "../project/public-sets.js";

/** The project that is open; undefined before it is. */
export const projectView = signal<ProjectView | undefined>(undefined);
/** What is understood of its images. */
export const images = signal<ImagesView | undefined>(undefined);
/** What is being done with the images, in words. */
export const imagesBusy = signal<string | undefined>(undefined);
/** What could not be done. */
export const projectProblem = signal<string | undefined>(undefined);

export const project = computed(() => projectView.value?.project);

let opening: Promise<void> | undefined;

/** Opens the project of an earlier visit, or an empty one, at the first call. */
export function openProject(): Promise<void> {
  opening ??= attempt("Opening the project", async () => {
    projectView.value = await ask("open-project", null);
    images.value = await ask("data", null);
  });
  return opening;
}

/** Shows what is being done, and what goes wrong with it. */
async function attempt(words: string, work: () => Promise<void>): Promise<void> {
  imagesBusy.value = words;
  projectProblem.value = undefined;
  try {
    await work();
  } catch (error) {
    projectProblem.value = error instanceof Error ? error.message : String(error);
  } finally {
    imagesBusy.value = undefined;
  }
}

/** Takes what is in the project now from the engine. */
export async function renew(): Promise<void> {
  projectView.value = await ask("open-project", null);
}

export async function addFiles(files: readonly { readonly path: string; readonly content: Blob }[]): Promise<void> {
  await openProject();
  await attempt("Reading the files", async () => {
    try {
      images.value = await ask("add-files", files, {
        told: ({ done, of }) => {
          imagesBusy.value = `Reading file ${done + 1} of ${of}`;
        },
      });
    } catch (error) {
      images.value = await ask("data", null); // those that were taken before
      throw error;
    }
    await renew();
  });
}

/** Takes the files of a public set, and says what they do not say of themselves. */
export async function addPublicSet({ id, said }: PublicSet, files: readonly GivenFile[]): Promise<void> {
  await addFiles(files);
  if (projectProblem.value !== undefined) return;
  await nameProject(id);
  await say(said);
}

export async function addExample(): Promise<void> {
  await openProject(); // whoever is quick may ask before it is there
  await attempt("Drawing the example", async () => {
    images.value = await ask("add-example", null);
    await renew();
  });
}

export function removeFiles(paths: readonly string[]): Promise<void> {
  return attempt("Removing", async () => {
    images.value = await ask("remove-files", paths);
  });
}

export function say(said: Said, pixelSize = images.value?.pixelSize ?? null): Promise<void> {
  return attempt("Looking at the images again", async () => {
    images.value = await ask("say", { said, pixelSize });
    await renew();
  });
}

export function nameProject(name: string): Promise<void> {
  return attempt("Renaming", async () => {
    projectView.value = await ask("name-project", name);
  });
}

export function clearProject(): Promise<void> {
  return attempt("Removing the project", async () => {
    projectView.value = await ask("clear-project", null);
    images.value = await ask("data", null);
  });
}
