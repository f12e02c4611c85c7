import { defineBaseline, InputError, requireSameSize, type Slice } from "@em-stellar/core";
import { trainingImages } from "./training-images.js";

interface Labelled {
  readonly slice: Slice;
  readonly width: number;
  readonly height: number;
  /** The mask, 8 pixels in a byte. */
  readonly packed: Uint8Array;
}

/**
 * Copies the mask of the nearest labelled slice of the same stack (of the same group where no stack is known), the one before
 * where two are as near. Its score shows how much neighbouring slices repeat each other. Throws `InputError` where the samples
 * cannot be learnt from, or an image has no place among them.
 */
export const nearestSlice = defineBaseline({
  id: "nearest-slice",
  summary: "Copies the labels of the nearest labelled slice",
  defaults: {},
  async fit(samples) {
    const all = [...samples];
    const labelled: Labelled[] = [];
    for await (const { width, height, mask } of trainingImages("nearest-slice", all)) {
      const slice = all[labelled.length] as Slice; // one image for each sample, in order
      if (slice.z === undefined) throw unplaced(slice);
      labelled.push({ slice, width, height, packed: pack(mask) });
    }
    return {
      segment(image, slice) {
        if (slice?.z === undefined) throw unplaced(slice);
        const nearest = nearestOf(labelled, slice, slice.z);
        requireSameSize(
          `Image "${slice.id}" and the mask of "${nearest.slice.id}", its nearest slice,`,
          image,
          nearest,
        );
        const { width, height } = image;
        const { packed } = nearest;
        const data = new Uint8Array(width * height).map((_, i) => ((packed[i >> 3] as number) >> (i & 7)) & 1);
        return { width, height, data, maximum: 1, threshold: 0.5 };
      },
      learnt: { slices: labelled.length },
    };
  },
});

function nearestOf(labelled: readonly Labelled[], wanted: Slice, z: number): Labelled {
  let best: { each: Labelled; distance: number } | undefined;
  for (const each of labelled) {
    const { slice } = each;
    const isNeighbour =
      wanted.stack === undefined || slice.stack === undefined
        ? slice.group === wanted.group
        : slice.stack === wanted.stack;
    if (!isNeighbour) continue;
    const offset = (slice.z as number) - z; // fit refuses slices without it
    const distance = Math.abs(offset) + (offset > 0 ? 0.25 : 0); // the one before wins where two are as near
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { each, distance };
  }
  if (best) return best.each;
  throw new InputError(
    `baseline "nearest-slice" has no labelled slice of the stack that image "${wanted.id}" belongs to${wanted.stack === undefined ? "" : ` (${wanted.stack})`}. Leave "nearest-slice" out of the suite, or split the data so that each stack has training slices.`,
  );
}

function unplaced(slice: Slice | undefined): InputError {
  return new InputError(
    `baseline "nearest-slice" needs the place of every image in its stack, but ${slice ? `"${slice.id}"` : "an image"} has none. Use a stack, or files with the number of the slice in their names; or leave "nearest-slice" out of the suite.`,
  );
}

function pack(mask: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(mask.length / 8));
  for (let i = 0; i < mask.length; i++) packed[i >> 3] = (packed[i >> 3] as number) | ((mask[i] as number) << (i & 7));
  return packed;
}
