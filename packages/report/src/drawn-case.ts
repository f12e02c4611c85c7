import {
  binarize,
  type ProbabilityMap,
  type RunStore,
  type ScoredImage,
  type ScoredMethod,
  type ScoredRun,
} from "@em-stellar/core";
import { compareObjects, findObjects, type ObjectCounts } from "./objects.js";
import { classify, countPixels, overlayPng, type Palette, type PixelCounts, shrinkClasses } from "./overlay.js";
import { dataUrl, previewPng, shrinkFactor } from "./picture-file.js";
import { isLost, type LostPicture, readMap } from "./stored-map.js";
import type { ConstantPrediction } from "./warnings.js";

/** One method's prediction of one image, as the page shows it. */
export interface Overlay {
  readonly method: ScoredMethod;
  readonly run: ScoredRun;
  /** Undefined where the prediction is lost. */
  readonly drawn: { readonly url: string; readonly pixels: PixelCounts; readonly objects: ObjectCounts } | undefined;
}

/** One test image with the predictions of it, drawn. */
export interface Case {
  readonly image: ScoredImage;
  readonly factor: number;
  readonly raw: string | undefined;
  readonly truth: string;
  readonly objects: number;
  readonly overlays: readonly Overlay[];
  /** Bytes of all its pictures. */
  readonly size: number;
}

/** The run of a method that a page shows. */
export interface ShownRun {
  readonly method: ScoredMethod;
  readonly run: ScoredRun;
  /** SHA-256 of its predictions by path, where they were recorded. */
  readonly hashes: Readonly<Record<string, string>>;
}

interface Drawing {
  readonly palette: Palette;
  /** Pixels of the longer side of a picture, at most. */
  readonly side: number;
  /** Told of each picture that cannot be shown. */
  readonly lose: (picture: LostPicture) => void;
}

/** Draws one image with the predictions of it; undefined where its truth is lost. */
export async function drawCase(
  store: RunStore,
  image: ScoredImage,
  shown: readonly ShownRun[],
  { palette, side, lose }: Drawing,
): Promise<Case | undefined> {
  const { width, height } = image;
  const read = async (path: string, hash?: string): Promise<ProbabilityMap | undefined> => {
    const found = await readMap(store, path, { width, height, hash });
    if (!isLost(found)) return found;
    lose(found);
    return undefined;
  };
  const truthMap = image.truth === "" ? undefined : await read(image.truth);
  if (!truthMap) return undefined;
  const factor = shrinkFactor(width, height, side);
  const [smallWidth, smallHeight] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const draw = (classes: Uint8Array) =>
    dataUrl(overlayPng(shrinkClasses(classes, width, height, factor), smallWidth, smallHeight, palette));
  const truth = binarize(truthMap, 0.5);
  const trueObjects = findObjects(truth, width);
  const rawMap = image.image === "" ? undefined : await read(image.image);
  const raw = rawMap && dataUrl(previewPng(rawMap, factor));
  const overlays: Overlay[] = [];
  for (const { method, run, hashes } of shown) {
    const path = `${run.predictions}/${image.id}.png`;
    const map = await read(path, hashes[path]);
    if (!map) {
      overlays.push({ method, run, drawn: undefined });
      continue;
    }
    const prediction = binarize(map, run.threshold);
    const classes = classify(truth, prediction);
    const objects = compareObjects(trueObjects, findObjects(prediction, width));
    overlays.push({ method, run, drawn: { url: draw(classes), pixels: countPixels(classes), objects } });
  }
  const truthUrl = draw(classify(truth, truth));
  const urls = [raw ?? "", truthUrl, ...overlays.map(({ drawn }) => drawn?.url ?? "")];
  return {
    image,
    factor,
    raw,
    truth: truthUrl,
    objects: trueObjects.count,
    overlays,
    size: urls.reduce((sum, url) => sum + url.length + 1200, 0), // 1200: the markup around a picture
  };
}

/** The class that every pixel is called; undefined where there are both. */
export function constantClass({ tp, fp, fn, tn }: PixelCounts): ConstantPrediction["calls"] | undefined {
  if (tp + fp === 0) return "background";
  return tn + fn === 0 ? "object" : undefined;
}
