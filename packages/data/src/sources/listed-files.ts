import { InputError } from "@em-stellar/core";
import { type BlobLike, blobSource } from "../formats/byte-sources.js";
import { formatNames, isImageName } from "../formats/image-names.js";
import { naturalOrder } from "../natural-order.js";
import { firstMatch, type NamedFile } from "../pairing.js";
import type { ImageFiles } from "./image-files.js";

/** Files that a page was given, by their paths: `train/images/a1.tif`. */
export function listedFiles(files: ReadonlyMap<string, BlobLike>): ImageFiles {
  return {
    async find(pattern, _folder, option, formats) {
      const isFolder = [...files.keys()].some((path) => path.startsWith(`${pattern}/`));
      const isOpen = isFolder || /[*?]/.test(pattern);
      const select = selector(isFolder ? `${pattern}/*` : pattern);
      const found: NamedFile[] = [];
      for (const path of files.keys()) {
        const open = isImageName(path, formats) ? select(path) : undefined;
        if (open) found.push({ path, name: stem(isOpen ? open.join("/") : (path.split("/").at(-1) ?? path)) });
      }
      if (found.length > 0) return found.sort((a, b) => naturalOrder(a.name, b.name));
      const some = [...files.keys()].slice(0, 3).join(", ");
      throw new InputError(
        `${option}: "${pattern}" finds no ${formatNames(formats)} file. There ${files.size === 0 ? "is no file" : `are ${files.size} files, such as ${some}`}.`,
      );
    },
    locate: (path) => path,
    async source(file, name) {
      const blob = files.get(file);
      if (!blob) throw new InputError(`There is no ${name} among the files of this page.`);
      return blobSource(blob, name);
    },
    match: firstMatch,
  };
}

/** Tells what a pattern leaves open of a path, part by part; undefined where it does not match. */
function selector(pattern: string): (path: string) => string[] | undefined {
  const segments = pattern.split("/");
  const parts = segments.map((segment) => {
    const expression = segment
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*+/g, ".*")
      .replaceAll("?", ".");
    return { isOpen: /[*?]/.test(segment), expression: new RegExp(`^${expression}$`, "u") };
  });
  const walk = (names: readonly string[], at: number): string[] | undefined => {
    const part = parts[at];
    if (part === undefined) return names.length === 0 ? [] : undefined;
    const [name, ...rest] = names;
    if (segments[at] === "**") {
      const here = walk(names, at + 1);
      if (here || name === undefined) return here;
      const below = walk(rest, at);
      return below && [name, ...below];
    }
    if (name === undefined || !part.expression.test(name)) return undefined;
    const below = walk(rest, at + 1);
    return below && (part.isOpen ? [name, ...below] : below);
  };
  return (path) => walk(path.split("/"), 0);
}

function stem(path: string): string {
  return path.replace(/\.[^./]+$/, "");
}
