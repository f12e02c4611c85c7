import {
  binarize,
  type Evaluation,
  nextTurn,
  type ProbabilityMap,
  picturesOf,
  type RunStore,
  type StopSignal,
} from "@em-stellar/core";
import { encodePng, type Place, previewOf, toGrey } from "@em-stellar/data";
import { readMap, type ScaledSet, type TaskTools } from "./tasks.js";

/** What the pictures are made from. */
export interface PictureSources<P extends Place> {
  readonly truth: ScaledSet<P>;
  /** Images of the microscope, one for each of the truth, or none. */
  readonly raw: readonly P[];
  readonly methods: readonly { readonly name: string; readonly predictions: ScaledSet<P> }[];
  readonly threshold: number;
  readonly read: TaskTools<P>["read"];
  readonly signal?: StopSignal;
}

/** Stores the masks of some images, by their places in the truth, for the report; where each picture lies. */
export async function storePictures<P extends Place>(
  store: RunStore,
  images: readonly { readonly id: string; readonly index: number }[],
  { truth, raw, methods, threshold, read, signal }: PictureSources<P>,
): Promise<Evaluation["data"]["pictures"]> {
  const pictures: Evaluation["data"]["pictures"] = [];
  for (const { id, index } of images) {
    await nextTurn();
    signal?.throwIfAborted();
    const picture = { id, truth: `pictures/truth/${id}.png` };
    await store.write(picture.truth, maskPng(await readMap(truth, index, read), 0.5));
    for (const { name, predictions } of methods) {
      await store.write(`${picturesOf(name)}/${id}.png`, maskPng(await readMap(predictions, index, read), threshold));
    }
    const place = raw[index];
    if (place) {
      const image = `pictures/images/${id}.png`;
      await store.write(image, encodePng(previewOf(toGrey(await read(place), place.name))));
      pictures.push({ ...picture, image });
    } else pictures.push(picture);
  }
  return pictures;
}

function maskPng(map: ProbabilityMap, threshold: number): Uint8Array {
  return encodePng({
    width: map.width,
    height: map.height,
    data: binarize(map, threshold).map((object) => object * 255),
  });
}
