import { createRegistry, type ImageFormat, imageFormatsOf, type Plugin } from "@em-stellar/core";
import { imageFormats } from "@em-stellar/data";

let plugins: readonly Plugin[] = [];

/** The plugins that the user has loaded into this page. */
export function userPlugins(): readonly Plugin[] {
  return plugins;
}

/** Sets the plugins of this page. */
export function setUserPlugins(all: readonly Plugin[]): void {
  plugins = all;
}

/** Every image format that the page can read, those of the user's plugins among them. */
export function formats(): readonly ImageFormat[] {
  const known = imageFormatsOf(createRegistry(...plugins));
  const ids = new Set(known.map(({ id }) => id));
  return [...known, ...imageFormats.filter(({ id }) => !ids.has(id))];
}
