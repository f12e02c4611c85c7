import system, { type PlatformPath } from "node:path";

/** Whether a path is the folder or below it. `path` is the system's way of writing paths. */
export function isInside(file: string, folder: string, path: PlatformPath = system): boolean {
  const way = path.relative(folder, file);
  return !path.isAbsolute(way) && way.split(path.sep)[0] !== "..";
}

/** A path as files record it and addresses have it on every system: its parts with `/` between them. */
export function withSlashes(file: string, path: PlatformPath = system): string {
  return file.split(path.sep).join("/");
}
