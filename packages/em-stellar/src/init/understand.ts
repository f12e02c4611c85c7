import { join } from "node:path";
import { imageFormats, type PlanesReading, type Said, type Understanding, understandFiles } from "@em-stellar/data";
import { createImageReader, imageFolder, imageStack, lookIntoFolder, nothingIn, shown } from "@em-stellar/data/node";
import { asTyped } from "../terminal/as-typed.js";

/** Looks at a folder and opens it as a source of data. Throws `InputError` with the one thing that only the user can know. */
export async function understand(folder: string, said: Said): Promise<Understanding> {
  const planes = said.options?.planes as PlanesReading | undefined; // the command line has let only these through
  const { files, others } = await lookIntoFolder(folder, planes);
  if (files.length === 0) throw nothingIn(folder, others, "init");
  const reader = createImageReader(imageFormats, planes);
  const place = {
    name: shown(folder),
    files,
    folder,
    sourceOf: (source: "image-folder" | "image-stack", options: Readonly<Record<string, unknown>>) =>
      source === "image-stack" ? imageStack(options) : imageFolder(options),
    open: (path: string) => reader.open(join(folder, path), path),
    advice: {
      roles: `Name them with \`images\` and \`masks\`: folders, patterns ("*_seg.tif") or stacks below ${shown(folder)}.`,
      values: "Run init again with the option that fits your masks.",
      inverted: "If the masks mark the background, say so with --labels 0.",
    },
  };
  return asTyped(() => understandFiles(place, said));
}
