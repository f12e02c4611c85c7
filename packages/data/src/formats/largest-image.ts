import { InputError } from "@em-stellar/core";

/** Values (pixels × channels) that are decoded at once at most: what a header promises beyond is refused before memory is taken for it. */
export const largestImage = 2 ** 31;

/** Throws `InputError` for an image of more values than {@link largestImage}. */
export function requireSize(name: string, width: number, height: number, channels: number): void {
  if (width * height * channels <= largestImage) return;
  throw new InputError(
    `${name} should have ${width} × ${height} pixels${channels > 1 ? ` of ${channels} channels` : ""}, but at most ${largestImage} values can be read. If its header is right, cut the image into parts.`,
  );
}
