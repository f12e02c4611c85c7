import { DamagedFileError, type RunStore, readSealed } from "@em-stellar/core";
import type { LostPicture } from "./stored-map.js";

/**
 * SHA-256 of each prediction of a training by its path, as its `metrics.json` holds them; none of an ensemble, of masks that were
 * evaluated, and of versions that recorded none. `lose` is told of a record that is damaged.
 */
export async function recordedHashes(
  store: RunStore,
  predictions: string,
  lose: (record: LostPicture) => void,
): Promise<Readonly<Record<string, string>>> {
  const path = predictions.replace(/[^/]*$/, "metrics.json");
  if (!path.startsWith("jobs/")) return {};
  try {
    const record = (await readSealed(store, path)) as { readonly files?: Record<string, string> } | undefined; // written by the runner
    return { ...record?.files };
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error;
    lose({ path, problem: "is damaged: it is not as it was written" });
    return {};
  }
}
