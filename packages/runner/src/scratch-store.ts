import { memoryStore, type RunStore } from "@em-stellar/core";

/** A store over another one that is left as it is: what is written or removed is so in memory alone. */
export function scratchStore(under: Pick<RunStore, "location" | "read" | "list">): RunStore {
  const own = memoryStore();
  const removed = new Set<string>();
  const isRemoved = (path: string) =>
    path.split("/").some((_, i, parts) => removed.has(parts.slice(0, i + 1).join("/")));
  return {
    location: under.location,
    read: async (path) => (await own.read(path)) ?? (isRemoved(path) ? undefined : under.read(path)),
    write: own.write,
    async list(folder) {
      const below = (await under.list(folder)).filter((path) => !isRemoved(path));
      return [...new Set([...below, ...(await own.list(folder))])].sort();
    },
    async remove(path) {
      await own.remove(path);
      removed.add(path);
    },
  };
}
