import type { DecodedImage, ImageWindow } from "@em-stellar/core";

/** The part of an image that a window shows; the image itself without one. */
export function cropped(image: DecodedImage, window: ImageWindow | undefined): DecodedImage {
  if (!window) return image;
  const { width, channels, data } = image;
  const part = data.slice(0, window.width * window.height * channels);
  for (let y = 0; y < window.height; y++) {
    const from = ((window.y + y) * width + window.x) * channels;
    part.set(data.subarray(from, from + window.width * channels), y * window.width * channels);
  }
  return { ...image, width: window.width, height: window.height, data: part };
}
