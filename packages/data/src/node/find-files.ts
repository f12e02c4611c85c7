import { stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type ImageFormat, InputError } from "@em-stellar/core";
import { isHidden } from "../folder-listing.js";
import { imageFormats } from "../formats/image-formats.js";
import { formatNames, isImageName } from "../formats/image-names.js";
import { naturalOrder } from "../natural-order.js";
import type { NamedFile } from "../pairing.js";
import { folderEntries, walkFolders } from "./folder-entries.js";
import { inTime } from "./match-in-time.js";

/**
 * Image files of a folder, or those that match a pattern: `*` and `?` within a name, `**` for any folders between.
 * A file's name is what the pattern left open, without extension. Throws `InputError` where nothing is found.
 */
export async function findFiles(
  pattern: string,
  folder: string | undefined,
  option: string,
  formats: readonly ImageFormat[] = imageFormats,
): Promise<NamedFile[]> {
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

  const found = await walk(root, rest, open < 0);
  const files = found.filter(({ path }) => isImageName(path, formats));
  files.sort((a, b) => naturalOrder(a.name, b.name));
  if (files.length > 0) {
    return files.map(({ path, name }) => ({ path: folder === undefined ? path : shorter(path, folder), name }));
  }
  const rootInfo = await stat(root).catch(() => undefined);
  const reason = !rootInfo?.isDirectory()
    ? `there is no folder ${root}`
    : open < 0
      ? found.length === 0
        ? `there is no ${whole}`
        : `${whole} is not a ${formatNames(formats)} file. ${exportAdvice}`
      : `no ${formatNames(formats)} file in ${root} matches${otherFiles(found)}`;
  throw new InputError(
    `${option}: "${pattern}" finds nothing: ${reason}. A folder ("train/images") or a pattern ("train/images/*.tif", "**/*.png") works; relative ones start from ${base}.`,
  );
}

const exportAdvice = "Export the images as PNG or TIFF (JPEG alters pixels)";

/** Files below a folder whose paths match the segments of a pattern. Their names are the parts that stood for a wildcard. */
async function walk(root: string, pattern: readonly string[], nameAll: boolean): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  const errand = (folder: string, segments: readonly string[], named: readonly string[]) => ({
    ...{ folder, segments, named },
    purpose: segments.join("/"),
  });
  await walkFolders(errand(root, pattern, []), async ({ folder, segments, named }, into) => {
    const [segment, ...rest] = segments;
    if (segment === undefined) return;
    const entries = await folderEntries(folder).catch(() => []);
    if (segment === "**") {
      into(errand(folder, rest, named), false);
      for (const { name, isLink } of entries.filter(({ isFolder, name }) => isFolder && !isHidden(name))) {
        into(errand(join(folder, name), segments, [...named, name]), isLink);
      }
      return;
    }
    const matches = matcher(segment);
    const isOpen = nameAll || /[*?]/.test(segment);
    for (const { name, isFolder, isLink } of entries) {
      if (!matches(name)) continue;
      const path = join(folder, name);
      if (rest.length > 0) {
        if (isFolder) into(errand(path, rest, isOpen ? [...named, name] : named), isLink);
      } else if (!isFolder) {
        files.push({ path, name: [...named, name.replace(/\.[^.]+$/, "")].join("/") });
      }
    }
  });
  return files;
}

/** A hidden file matches only a pattern that begins with a dot, a system's folder only its own name. */
function matcher(segment: string): (name: string) => boolean {
  const expression = segment
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  const pattern = new RegExp(`^${expression}$`, "u");
  const isMatch = (name: string) =>
    inTime(() => pattern.test(name), `The pattern "${segment}" takes too long on the name "${name}". Use fewer stars.`);
  return (name) => isMatch(name) && (segment.startsWith(".") || segment === name || !isHidden(name));
}

/** As messages show it: relative where that is inside the folder. */
function shorter(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside.startsWith("..") ? path : inside;
}

/** Files that the pattern finds, but that are images of no format known here, or no images. */
function otherFiles(found: readonly NamedFile[]): string {
  if (found.length === 0) return "";
  const names = found.slice(0, 3).map(({ path }) => basename(path));
  const more = found.length > 3 ? " and others" : "";
  return `, only ${names.join(", ")}${more}. ${exportAdvice}`;
}
