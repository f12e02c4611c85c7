import { readdir, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { InputError } from "@em-stellar/core";
import { naturalOrder } from "../natural-order.js";

const imageFile = /\.(png|tiff?)$/i;

/** What lies in a folder, in natural order, hidden files (such as the `._name` of macOS) left out. */
export async function listFolder(path: string): Promise<{ images: string[]; folders: string[]; others: string[] }> {
  const entries = (
    await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw new InputError(`${shown(path)} cannot be read (${error instanceof Error ? error.message : error}).`);
    })
  ).filter(({ name }) => !name.startsWith(".") && !name.startsWith("__"));
  const isFolder = new Map<string, boolean>();
  for (const entry of entries) {
    const linked = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => undefined) : undefined;
    isFolder.set(entry.name, (linked ?? entry).isDirectory());
  }
  const names = entries.map(({ name }) => name).sort(naturalOrder);
  const files = names.filter((name) => !isFolder.get(name));
  return {
    folders: names.filter((name) => isFolder.get(name)),
    images: files.filter((name) => imageFile.test(name)),
    others: files.filter((name) => !imageFile.test(name)),
  };
}

/** What to say of a folder without images. */
export function nothingIn(path: string, others: readonly string[], option: string): InputError {
  const found =
    others.length === 0
      ? "it is empty"
      : `it holds ${others.slice(0, 3).join(", ")}${others.length > 3 ? " and others" : ""}`;
  return new InputError(
    `${option}: no PNG or TIFF image in ${shown(path)}; ${found}. Export the images as PNG or TIFF (JPEG alters pixels), or name another folder.`,
  );
}

/** Relative to the current folder where the path is inside it. */
export function shown(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside.startsWith("..") || inside === "" ? resolve(path) : inside;
}
