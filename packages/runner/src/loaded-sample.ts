import { binarize, InputError, type ProbabilityMap, type Raster, requireSameSize, type Sample } from "@em-stellar/core";

/** A sample in memory. */
export interface LoadedSample {
  readonly id: string;
  readonly group?: string;
  readonly image: Raster;
  readonly truth: ProbabilityMap;
  /** 1 where the object is. */
  readonly mask: Uint8Array;
}

/** Reads every sample; throws `InputError` for a missing mask, sizes that differ, or images with different numbers of channels. */
export async function loadSamples(samples: readonly Sample[]): Promise<LoadedSample[]> {
  const loaded: LoadedSample[] = [];
  for (const sample of samples) {
    if (!sample.mask)
      throw new InputError(`Image "${sample.id}" has no mask, and a benchmark needs one for every image.`);
    const [image, truth] = [await sample.image(), await sample.mask()];
    requireSameSize(`Image "${sample.id}" and its mask`, image, truth);
    const first = loaded[0];
    if (first && first.image.channels !== image.channels) {
      throw new InputError(
        `Image "${sample.id}" has ${image.channels} channels, but "${first.id}" has ${first.image.channels}. All images of a suite must have the same.`,
      );
    }
    const { id, group } = sample;
    loaded.push({ id, ...(group === undefined ? {} : { group }), image, truth, mask: binarize(truth, 0.5) });
  }
  return loaded;
}

/** Share of object pixels. */
export function foregroundOf(samples: readonly LoadedSample[]): number {
  let object = 0;
  let pixels = 0;
  for (const { mask } of samples) {
    for (let i = 0; i < mask.length; i++) object += mask[i] as number;
    pixels += mask.length;
  }
  return object / pixels;
}
