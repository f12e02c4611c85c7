import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { InputError } from "@em-stellar/core";
import { naturalOrder } from "../natural-order.js";
import type { NamedFile } from "../pairing.js";

const imageFile = /\.(png|tiff?)$/i;

/**
 * PNG and TIFF files of a folder, or those that match a pattern: `*` and `?` within a name, `**` for any folders between.
 * A file's name is what the pattern left open, without extension. Throws `InputError` where nothing is found.
 */
export async function findFiles(pattern: string, folder: string | undefined, option: string): Promise<NamedFile[]> {
  if (!isAbsolute(pattern) && folder === undefined) {
    throw new InputError(
      `${option}: "${pattern}" is a relative path, but there is no folder for it to start from. Give an absolute path.`,
    );
  }
  const base = folder ?? sep;
  const whole = resolve(base, pattern);
  const info = await stat(whole).catch(() => undefined);
  const full = info?.isDirectory() ? join(whole, "*") : whole;
  const segments = full.split(sep);
  const open = segments.findIndex((segment) => /[*?]/.test(segment));
  const root = segments.slice(0, open < 0 ? -1 : open).join(sep) || sep;
  const rest = open < 0 ? segments.slice(-1) : segments.slice(open);

  const files: NamedFile[] = [];
  await walk(root, rest, [], open < 0, files);
  files.sort((a, b) => naturalOrder(a.name, b.name));
  if (files.length > 0) {
    return files.map(({ path, name }) => ({ path: folder === undefined ? path : shorter(path, folder), name }));
  }
  const rootInfo = await stat(root).catch(() => undefined);
  const reason = !rootInfo?.isDirectory()
    ? `there is no folder ${root}`
    : open < 0
      ? `there is no ${whole}`
      : `no PNG or TIFF file in ${root} matches`;
  throw new InputError(
    `${option}: "${pattern}" finds nothing: ${reason}. A folder ("train/images") or a pattern ("train/images/*.tif", "**/*.png") works; relative ones start from ${base}.`,
  );
}

/** Depth first; `named` collects the parts that stood for a wildcard. */
async function walk(
  folder: string,
  [segment, ...rest]: readonly string[],
  named: readonly string[],
  nameAll: boolean,
  files: NamedFile[],
): Promise<void> {
  if (segment === undefined) return;
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (segment === "**") {
    await walk(folder, rest, named, nameAll, files);
    for (const entry of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))) {
      await walk(join(folder, entry.name), [segment, ...rest], [...named, entry.name], nameAll, files);
    }
    return;
  }
  const matches = matcher(segment);
  const isOpen = nameAll || /[*?]/.test(segment);
  for (const entry of entries) {
    if (!matches(entry.name)) continue;
    const path = join(folder, entry.name);
    if (rest.length > 0) {
      await walk(path, rest, isOpen ? [...named, entry.name] : named, nameAll, files);
    } else if (!entry.isDirectory() && imageFile.test(entry.name)) {
      files.push({ path, name: [...named, entry.name.replace(/\.[^.]+$/, "")].join("/") });
    }
  }
}

/** Hidden files, such as the `._name` that macOS leaves beside every file, match only a pattern that begins with a dot. */
function matcher(segment: string): (name: string) => boolean {
  const expression = segment
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const pattern = new RegExp(`^${expression}$`, "u");
  return (name) => pattern.test(name) && (segment.startsWith(".") || !name.startsWith("."));
}

/** As messages show it: relative where that is inside the folder. */
function shorter(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside.startsWith("..") ? path : inside;
}
