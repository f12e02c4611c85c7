import { binarize, EmStellarError, type ImageFile, InputError, type Sample } from "@em-stellar/core";
import {
  encodePng,
  findNearDuplicates,
  type ImageFiles,
  imageFolderOf,
  imageFormats,
  imageReader,
  imageStackOf,
  type LayoutFile,
  listedFiles,
  phantom,
  previewOf,
  type Stage,
  thumbnailOf,
  type Understanding,
  understandFiles,
} from "@em-stellar/data";
import { keptPlugins } from "../../project/kept-plugins.js";
import { inPageWords } from "../in-page-words.js";
import { changeProject, clearProject, openedProject } from "../opened.js";
import type { Call } from "../protocol.js";
import type { DataRequests, DataSet, FileView, ImagesView, ProjectView, SamplePicture } from "../requests/data.js";

type Asked<Name extends keyof DataRequests> = DataRequests[Name]["asked"];

/** What was understood last, until files or what is said of them change. */
let understood: Promise<{ readonly view: ImagesView; readonly samples: readonly Sample[] }> | undefined;

/** The files of the project, as data sources see them. */
export async function projectFiles(): Promise<ImageFiles> {
  return listedFiles(await (await openedProject()).storage.files());
}

/** The project as it is now, its plugins started. */
export async function viewProject(): Promise<ProjectView> {
  const { project, storage } = await openedProject();
  const plugins = await keptPlugins(storage.store);
  if (plugins.some(({ isTrusted }) => isTrusted)) await (await import("./plugins.js")).startPlugins();
  return {
    project,
    ...(storage.lost !== undefined && { lost: storage.lost }),
    hasPlugins: plugins.length > 0,
    waitingPlugins: plugins.flatMap(({ file, isTrusted }) => (isTrusted ? [] : [file])),
  };
}

export async function emptyTheProject(): Promise<ProjectView> {
  understood = undefined;
  await clearProject();
  (await import("./plugins.js")).forgetPlugins();
  return viewProject();
}

export async function nameProject(name: string): Promise<ProjectView> {
  await changeProject((project) => ({ ...project, name }));
  return viewProject();
}

export async function viewData(): Promise<ImagesView> {
  understood ??= look();
  const current = understood;
  current.catch(() => {
    if (understood === current) understood = undefined;
  });
  return (await current).view;
}

export async function addFiles(given: Asked<"add-files">, { tell, signal }: Call<"add-files">): Promise<ImagesView> {
  const { storage } = await openedProject();
  const images = given.filter(({ path }) => isImage(path));
  if (images.length === 0) {
    const some = given.slice(0, 3).map(({ path }) => path);
    throw new InputError(
      `No PNG or TIFF image among ${given.length === 1 ? "it" : "these files"} (${some.join(", ")}). Export the images as TIFF or PNG; JPEG alters pixels.`,
    );
  }
  understood = undefined;
  for (const [done, { path, content }] of images.entries()) {
    signal.throwIfAborted();
    tell({ done, of: images.length });
    await storage.addFile(path, content);
  }
  return viewData();
}

export async function removeFiles(paths: Asked<"remove-files">): Promise<ImagesView> {
  const { storage } = await openedProject();
  understood = undefined;
  for (const path of paths) await storage.removeFile(path);
  return viewData();
}

/** Twelve images to learn from and four for the test, of groups that differ as preparations do. */
const example = phantom({ contrast: 0.7, noise: 0.04, mitochondria: 10, darkBodies: 3 });

export async function addExample(): Promise<ImagesView> {
  const { storage } = await openedProject();
  understood = undefined;
  const { train, test } = await example.open({});
  for (const [part, samples] of Object.entries({ train, test })) {
    for (const sample of samples) {
      const mask = await sample.mask?.();
      await storage.addFile(`${part}/images/${sample.id}.png`, png(previewOf(await sample.image())));
      if (mask) {
        const { width, height } = mask;
        const white = binarize(mask).map((object) => 255 * object);
        await storage.addFile(`${part}/masks/${sample.id}.png`, png({ width, height, data: white }));
      }
    }
  }
  await changeProject((project) => ({ ...project, name: "example", said: { options: { groupBy: "^[A-Z]+" } } }));
  return viewData();
}

export async function say({ said, pixelSize }: Asked<"say">): Promise<ImagesView> {
  await changeProject((project) => ({ ...project, said, pixelSize }));
  understood = undefined;
  return viewData();
}

export async function samplePicture({ id, longest }: Asked<"sample-picture">): Promise<SamplePicture> {
  const sample = (await readySamples()).find((each) => each.id === id);
  if (!sample) throw new InputError(`There is no image ${id} any more.`);
  const raster = await sample.image();
  const picture = previewOf(raster);
  const mask = await sample.mask?.();
  const object = mask ? binarize(mask) : new Uint8Array(picture.data.length);
  const step = Math.max(1, Math.ceil(Math.max(picture.width, picture.height) / longest));
  const [width, height] = [Math.ceil(picture.width / step), Math.ceil(picture.height / step)];
  const shrunk = (data: Uint8Array, factor: number) =>
    Uint8Array.from(
      { length: width * height },
      (_, i) => factor * (data[Math.floor(i / width) * step * picture.width + (i % width) * step] as number), // within the image
    );
  return {
    width,
    height,
    image: shrunk(picture.data, 1),
    mask: shrunk(object, 255),
    share: object.reduce((sum, value) => sum + value, 0) / object.length,
  };
}

export async function nearDuplicates(_: null, { signal }: Call<"near-duplicates">): Promise<string[]> {
  await viewData();
  const { view, samples } = await (understood as NonNullable<typeof understood>); // viewData has looked
  const isTest = new Set(view.set?.samples.filter(({ part }) => part === "test").map(({ id }) => id));
  const [train, test]: ReturnType<typeof thumbnailOf>[][] = [[], []];
  for (const sample of samples) {
    signal.throwIfAborted();
    (isTest.has(sample.id) ? test : train)?.push(thumbnailOf(sample.id, await sample.image()));
  }
  return findNearDuplicates(train ?? [], test ?? []).map(
    (pair) => `Test image ${pair.test} nearly repeats training image ${pair.train}.`,
  );
}

async function readySamples(): Promise<readonly Sample[]> {
  await viewData();
  return (await understood)?.samples ?? [];
}

/** Looks at every file and works out how they make a data set. */
async function look(): Promise<{ view: ImagesView; samples: readonly Sample[] }> {
  const { project, storage } = await openedProject();
  const { said, pixelSize } = project;
  const files = await storage.files();
  const listed = listedFiles(files);
  const reader = imageReader(imageFormats, listed.source);
  const views: FileView[] = [];
  for (const [path, { size }] of [...files].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))) {
    views.push(await viewOf(path, size, () => reader.open(path, path)));
  }
  const usable = views.filter(({ problem }) => problem === undefined);
  const base = { files: views, said, pixelSize };
  if (usable.length === 0) return { view: base, samples: [] };
  let stage: Stage = "roles";
  try {
    const found = await understandFiles(
      {
        name: "These files",
        files: usable satisfies readonly LayoutFile[],
        sourceOf: (source, options) =>
          source === "image-stack" ? imageStackOf(listed)(options) : imageFolderOf(listed)(options),
        open: (path) => reader.open(path, path),
        advice: {
          roles: "Say below which are the images and which the masks.",
          values: "Say below which values of the masks mean object.",
          inverted: "If the masks mark the background, say so below.",
        },
        onStage: (now) => {
          stage = now;
        },
      },
      said,
    );
    const { train, test } = found.dataset;
    return { view: { ...base, set: setOf(found) }, samples: [...train, ...test] };
  } catch (error) {
    if (!(error instanceof EmStellarError)) throw error;
    return { view: { ...base, question: { stage, message: inPageWords(error.message) } }, samples: [] };
  }
}

async function viewOf(path: string, bytes: number, open: () => Promise<ImageFile>): Promise<FileView> {
  try {
    const { pages } = await open();
    const [first] = pages;
    return {
      ...{ path, bytes, pages: pages.length },
      ...{ width: first?.width ?? 0, height: first?.height ?? 0, bits: first?.bits ?? 0 },
    };
  } catch (error) {
    if (!(error instanceof EmStellarError)) throw error;
    return { path, bytes, pages: 0, width: 0, height: 0, bits: 0, problem: error.message };
  }
}

function setOf(found: Understanding): DataSet {
  const { data, options, sentences, share, smallestSide, folds, someAreEmpty, dataset } = found;
  return {
    source: data.id === "image-stack" ? "image-stack" : "image-folder",
    sentences: sentences.map(inPageWords),
    ...{ options, share, smallestSide, folds, someAreEmpty },
    samples: [
      ...dataset.train.map(({ id, group, validation }) => ({
        id,
        part: validation ? ("validation" as const) : ("train" as const),
        ...(group !== undefined && { group }),
      })),
      ...dataset.test.map(({ id, group }) => ({ id, part: "test" as const, ...(group !== undefined && { group }) })),
    ],
  };
}

function isImage(path: string): boolean {
  return imageFormats.some(({ extensions }) =>
    extensions.some((extension) => path.toLowerCase().endsWith(`.${extension}`)),
  );
}

function png(image: { width: number; height: number; data: Uint8Array }): Blob {
  return new Blob([encodePng(image).slice()], { type: "image/png" });
}
