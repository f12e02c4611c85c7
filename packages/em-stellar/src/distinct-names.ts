import { resolve, sep } from "node:path";

/** The shortest ends of some folders that tell them apart: `2024/out` and `2025/out`. */
export function distinctNames(folders: readonly string[]): string[] {
  const parts = folders.map((folder) => resolve(folder).split(sep).filter(Boolean));
  const longest = Math.max(...parts.map(({ length }) => length));
  const endOf = (path: readonly string[], length: number) => path.slice(-length).join("/");
  return parts.map((path, i) => {
    for (let length = 1; length < longest; length++) {
      const end = endOf(path, length);
      if (parts.every((other, j) => j === i || endOf(other, length) !== end)) return end;
    }
    return endOf(path, longest);
  });
}
