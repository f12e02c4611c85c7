import { join } from "node:path";
import { InputError } from "@em-stellar/core";
import { isHidden } from "../folder-listing.js";
import { imageFormats } from "../formats/image-formats.js";
import type { LayoutFile } from "../layout.js";
import type { PlanesReading } from "../tiff/planes.js";
import { folderEntries, walkFolders } from "./folder-entries.js";
import { createImageReader } from "./image-pages.js";

const imageFile = /\.(png|tiff?)$/i;
/** Deeper, and beyond so many files, nobody keeps the images of one data set. */
const [deepest, most] = [6, 50_000];

/** What lies in a folder and those below: images with what their headers say, and a few names of other files. */
export interface FolderContent {
  readonly files: readonly LayoutFile[];
  readonly others: readonly string[];
}

/** Looks at every image below a folder; of each, only the header is read. Throws `InputError` naming an image that cannot be read. */
export async function lookIntoFolder(folder: string, planes: PlanesReading = "auto"): Promise<FolderContent> {
  const images: string[] = [];
  const others: string[] = [];
  await walkFolders({ folder, at: "", depth: 0, purpose: "" }, async ({ folder: here, at, depth }, into) => {
    if (depth > deepest) return;
    const entries = await folderEntries(here).catch((error: unknown) => {
      throw new InputError(`${here} cannot be read (${error instanceof Error ? error.message : error}).`);
    });
    if (entries.some(({ name }) => name === "manifest.json")) return; // a run, whose pictures are no images
    for (const { name, isFolder, isLink } of entries) {
      if (isHidden(name)) continue;
      const path = at === "" ? name : `${at}/${name}`;
      if (isFolder) into({ folder: join(here, name), at: path, depth: depth + 1, purpose: "" }, isLink);
      else if (imageFile.test(name)) images.push(path);
      else if (others.length < 3) others.push(path);
      if (images.length > most)
        throw new InputError(`${folder} holds more than ${most} images. Name a folder with fewer.`);
    }
  });
  const reader = createImageReader(imageFormats, planes);
  const files: LayoutFile[] = [];
  for (const path of images) {
    const { pages } = await reader.open(join(folder, path), path);
    files.push({ path, pages: pages.length, width: pages[0]?.width ?? 0, height: pages[0]?.height ?? 0 });
  }
  return { files, others };
}
