import { binarize, jobPath, type Raster, type RunEvent, type RunStore, type Sample } from "@em-stellar/core";
import { previewOf } from "@em-stellar/data";
import { openModel, predictImage, readPlan, type Suite } from "@em-stellar/runner";
import type { registryOf } from "../registry.js";
import type { Preview } from "../requests/run.js";

/** Milliseconds between two previews of a method, at least: each takes time from the training. */
const interval = 4000;
/** Longest side of what is predicted, in pixels. */
const longest = 192;

/** A part of a validation image, with the truth there. */
interface Subject {
  readonly id: string;
  readonly image: Raster;
  readonly truth: Uint8Array;
}

/** Makes pictures of what a training's best weights so far see in an image that it does not learn from. */
export function createPreviews(
  suite: Suite,
  { registry, store }: { readonly registry: ReturnType<typeof registryOf>; readonly store: RunStore },
) {
  const subjects = new Map<number, Promise<Subject | undefined>>();
  let samples: Promise<readonly Sample[]> | undefined;
  const last = new Map<string, number>();
  return {
    /** A preview after an event that comes with better weights; undefined after all others, and where one was made just now. */
    async after(event: RunEvent): Promise<Preview | undefined> {
      if (event.type !== "checkpoint") return undefined;
      const { job, criterion, step } = event;
      if (performance.now() - (last.get(job.method) ?? Number.NEGATIVE_INFINITY) < interval) return undefined;
      samples ??= suite.data.open({}).then(({ train }) => train);
      const ofFold = subjects.get(job.fold) ?? subjectOf(store, job.fold, await samples);
      subjects.set(job.fold, ofFold);
      const subject = await ofFold;
      if (!subject) return undefined;
      const folder = `jobs/${jobPath(job)}/checkpoints/${criterion.replace(/[^\w.-]+/g, "-")}`;
      const { model, notes } = await openModel(store, folder, registry);
      try {
        const normalization = notes?.normalization ?? { method: "z-score", scope: "image" };
        const { data } = await predictImage(model, subject.image, { normalization });
        last.set(job.method, performance.now());
        const { width, height, data: grey } = previewOf(subject.image);
        const prediction = Uint8Array.from(data, (probability) => Math.round(255 * probability));
        return { job, step, image: subject.id, width, height, grey, truth: subject.truth, prediction };
      } finally {
        model.dispose();
      }
    },
  };
}

/** The part with the most object of the first validation image of a fold. */
async function subjectOf(store: RunStore, fold: number, samples: readonly Sample[]): Promise<Subject | undefined> {
  const { folds, data } = await readPlan(store);
  const id = data.train[folds[fold]?.validation[0] ?? -1]?.id;
  const sample = samples.find((each) => each.id === id);
  const mask = await sample?.mask?.();
  if (!sample || !mask) return undefined;
  const image = await sample.image();
  const object = binarize(mask);
  const [width, height] = [Math.min(longest, image.width), Math.min(longest, image.height)];
  const { x, y } = fullest(object, image, width, height);
  const cut = (data: Raster["data"]): Raster["data"] => {
    const out = data.slice(0, width * height); // of the same type, and overwritten
    for (let row = 0; row < height; row++) {
      const from = (y + row) * image.width + x;
      out.set(data.subarray(from, from + width), row * width);
    }
    return out;
  };
  return {
    id: sample.id,
    image: { width, height, channels: 1, data: cut(image.data) },
    truth: Uint8Array.from(cut(object), (value) => 255 * value),
  };
}

/** Of nine places of a window, the one with the most object. */
function fullest(object: Uint8Array, image: Raster, width: number, height: number): { x: number; y: number } {
  let best = { x: 0, y: 0, count: -1 };
  for (const across of [0.5, 0, 1]) {
    for (const down of [0.5, 0, 1]) {
      const [x, y] = [Math.floor(across * (image.width - width)), Math.floor(down * (image.height - height))];
      let count = 0;
      for (let row = y; row < y + height; row++) {
        for (let column = x; column < x + width; column++) count += object[row * image.width + column] as number; // within
      }
      if (count > best.count) best = { x, y, count };
    }
  }
  return best;
}
