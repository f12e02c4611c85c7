import { computed, signal } from "@preact/signals";
import { deviceChoice } from "../../app/device.js";
import { save } from "../../app/save.js";
import { ask } from "../../engine/client.js";
import type { OpenedImage, OpenedImages } from "../../engine/requests/images.js";
import type { Export, ModelChoice, ModelSource, OpenedModel } from "../../engine/requests/segment.js";
import type { GivenFile } from "../../files/given-file.js";

/** The models of the project; undefined before they are known. */
export const choices = signal<readonly ModelChoice[] | undefined>(undefined);
/** The model that segments. */
export const model = signal<{ readonly source: ModelSource; readonly opened: OpenedModel } | undefined>(undefined);
export const opened = signal<OpenedImages | undefined>(undefined);
/** The image and the page that are looked at. */
export const seen = signal<{ readonly path: string; readonly page: number }>({ path: "", page: 0 });
export const threshold = signal(0.5);
export const minArea = signal(1);
/** Width of a pixel in nanometres, as the user says; `null`: as the files say. */
export const saidNanometre = signal<number | null>(null);
/** Share of all pixels that are segmented. */
export const progress = signal<number | undefined>(undefined);
/** Pages that are segmented, as `path page`. */
export const done = signal<ReadonlySet<string>>(new Set());
export const busy = signal<string | undefined>(undefined);
export const problem = signal<string | undefined>(undefined);
export const warnings = signal<readonly string[]>([]);

/** The image that is looked at. */
export const image = computed((): OpenedImage | undefined => {
  const { images = [] } = opened.value ?? {};
  return images.find(({ path }) => path === seen.value.path) ?? images[0];
});

/** The width of its pixels in nanometres. */
export const nanometre = computed(() => saidNanometre.value ?? image.value?.nanometre);

export const keyOf = (path: string, page: number) => `${page} ${path}`;

let stopping: AbortController | undefined;

/** Does something in the engine, and shows what and what went wrong. */
async function attempt(words: string, work: () => Promise<void>): Promise<void> {
  busy.value = words;
  problem.value = undefined;
  try {
    await work();
  } catch (error) {
    problem.value = error instanceof Error ? error.message : String(error);
  } finally {
    busy.value = undefined;
  }
}

export async function listModels(): Promise<void> {
  try {
    choices.value = await ask("list-models", null);
  } catch (error) {
    choices.value = [];
    problem.value = error instanceof Error ? error.message : String(error);
  }
}

export function openModel(source: ModelSource): Promise<void> {
  return attempt("Opening the model", async () => {
    model.value = undefined;
    done.value = new Set();
    warnings.value = [];
    const device = deviceChoice.value;
    const found = await ask("open-model", { source, device });
    threshold.value = found.threshold;
    model.value = { source, opened: found };
  });
}

export function openImages(files: readonly GivenFile[]): Promise<void> {
  return attempt("Opening the images", async () => {
    const before = opened.value;
    const found = await ask("open-images", { files });
    if (before) await ask("close-images", { set: before.set });
    done.value = new Set();
    warnings.value = [];
    seen.value = { path: found.images[0]?.path ?? "", page: 0 };
    opened.value = found;
    if (found.images.length === 0 && found.problems.length === 0) {
      problem.value = "There is no PNG or TIFF image among these files. Export the images as TIFF or PNG.";
    }
  });
}

export function segment(): Promise<void> {
  const controller = new AbortController();
  stopping = controller;
  const { set } = opened.value ?? { set: 0 };
  return attempt("Segmenting", async () => {
    progress.value = 0;
    try {
      const told = ({ share, page }: { share: number; page?: { path: string; page: number } }) => {
        progress.value = share;
        if (page) done.value = new Set([...done.value, keyOf(page.path, page.page)]);
      };
      const answered = await ask("segment", { set }, { told, signal: controller.signal });
      warnings.value = answered.warnings;
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      progress.value = undefined;
    }
  });
}

/** Ends segmenting after the tile that is being computed; what is done stays. */
export function stop(): void {
  stopping?.abort();
}

export function saveSegmented(what: Export["what"], format: Export["format"]): Promise<void> {
  return attempt("Writing the files", async () => {
    const { set } = opened.value ?? { set: 0 };
    const rule = { threshold: threshold.value, minArea: minArea.value };
    const { name, blob } = await ask("export-segmented", {
      ...rule,
      set,
      what,
      format,
      nanometre: saidNanometre.value,
    });
    save(name, blob);
  });
}
