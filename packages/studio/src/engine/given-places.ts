import { type ImagePlace, type ImageReader, listEntries, type SetPlaces } from "@em-stellar/data";
import type { GivenFile } from "../files/given-file.js";

/** The folder that holds all files: the one that was dropped. Empty where they were given one by one. */
export function rootOf(files: readonly GivenFile[]): string {
  const [first = ""] = files.map(({ path }) => path.split("/")[0] ?? "");
  return files.every(({ path }) => path.startsWith(`${first}/`)) ? first : "";
}

/** Files that the page was given, as folders in which sets of images are looked for. `name` is what files are called that lie in no folder. */
export function givenPlaces(files: readonly GivenFile[], reader: ImageReader, name: string): SetPlaces<ImagePlace> {
  const paths = files.map(({ path }) => path);
  const inside = (folder: string) => (folder === "" ? "" : `${folder}/`);
  return {
    formats: reader.formats,
    async kindOf(path) {
      if (paths.includes(path)) return "file";
      return paths.some((each) => each.startsWith(inside(path))) ? "folder" : undefined;
    },
    async list(folder) {
      const start = inside(folder);
      const below = paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
      const isFolder = new Map(below.map((path) => [path.split("/")[0] ?? "", path.includes("/")]));
      return listEntries(
        [...isFolder].map(([entry, is]) => ({ name: entry, isFolder: is })),
        reader.formats,
      );
    },
    pagesOf: (file) => reader.findPages(file),
    join: (folder, entry) => `${inside(folder)}${entry}`,
    nameOf: (path) => path.split("/").at(-1) || name,
    shown: (path) => path || name,
  };
}
