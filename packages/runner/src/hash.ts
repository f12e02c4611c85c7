import { encodeText, hashBytes } from "@em-stellar/core";

/** What the hash of a data set is made of, for each sample. */
interface HashedSample {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** SHA-256 of the image's pixels. */
  readonly image: string;
  readonly maximum: number;
  /** SHA-256 of the mask's values. */
  readonly truth: string;
}

/** SHA-256 over ids, sizes, pixels and masks, in order: two data sets of one hash hold the same pixels. */
export async function hashDataset(samples: readonly HashedSample[]): Promise<string> {
  const parts = samples.map(
    ({ id, width, height, channels, image, maximum, truth }) =>
      `${id} ${width}x${height}x${channels} ${image} ${maximum} ${truth}`,
  );
  return hashBytes(encodeText(parts.join("\n")));
}
