import { DamagedFileError, hashBytes, type RunStore } from "@em-stellar/core";

/** SHA-256 of every file under a folder, by path. */
export async function hashFiles(store: RunStore, folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of await store.list(folder)) {
    const bytes = await store.read(path);
    if (bytes) hashes[path] = await hashBytes(bytes);
  }
  return hashes;
}

/** Copies files of a folder to another one, in this order; one that is missing is left out. */
export async function copyFiles(store: RunStore, from: string, to: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const bytes = await store.read(path);
    if (bytes) await store.write(`${to}${path.slice(from.length)}`, bytes);
  }
}

/** Throws {@link DamagedFileError} for the first file of a folder that is missing, or not as it was when it was hashed. */
export async function requireSameFiles(
  store: Pick<RunStore, "location" | "read">,
  hashes: Readonly<Record<string, string>>,
  folder = "",
): Promise<void> {
  for (const [name, hash] of Object.entries(hashes)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    const bytes = await store.read(path);
    if (!bytes) throw new DamagedFileError(store.location, path, "it is missing");
    if ((await hashBytes(bytes)) !== hash) {
      throw new DamagedFileError(store.location, path, "its checksum is not the one that was recorded");
    }
  }
}
