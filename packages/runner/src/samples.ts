import { InputError, type Sample, type StopSignal } from "@em-stellar/core";
import { type LoadedSample, loadSample, requireUnchanged } from "./loaded-sample.js";
import { createPause } from "./pause.js";
import type { PlannedSample } from "./plan.js";

/** Bytes of decoded samples that a run keeps where it is told nothing else. */
export const defaultCacheBytes = 2 ** 30;

/** The samples of a run, read when they are needed. What was used last stays in memory, up to a bound. */
export interface Samples {
  /**
   * Reads a sample, or takes it from memory. Throws `InputError` where it has changed since the run was planned, and the
   * signal's reason where the run was stopped.
   */
  read(sample: PlannedSample): Promise<LoadedSample>;
  /** Keeps a sample that was just read for another purpose, if there is room. */
  keep(sample: PlannedSample, loaded: LoadedSample): void;
  /** Bytes of the samples in memory: now, and the most so far. */
  held(): { readonly bytes: number; readonly most: number };
  /** To await between two images: lets signals through, and throws the signal's reason where the run was stopped. */
  pause(): Promise<void>;
}

/** Keeps samples in memory up to so many bytes; the one that was not used for longest goes first. One that alone is larger is read each time. */
export function createSamples(sources: readonly Sample[], bound = defaultCacheBytes, signal?: StopSignal): Samples {
  const pause = createPause(signal);
  const byId = new Map(sources.map((sample) => [sample.id, sample]));
  // A map lists its entries in the order in which they were set: the first was not used for longest.
  const kept = new Map<string, { readonly bytes: number; readonly loaded: LoadedSample }>();
  const loading = new Map<string, Promise<LoadedSample>>();
  let [bytes, most] = [0, 0];

  const makeRoom = (needed: number): void => {
    for (const [id, entry] of kept) {
      if (bytes + needed <= bound) return;
      kept.delete(id);
      bytes -= entry.bytes;
    }
  };
  const keep = (sample: PlannedSample, loaded: LoadedSample): void => {
    if (kept.has(sample.id) || sample.bytes > bound) return;
    makeRoom(sample.bytes);
    kept.set(sample.id, { bytes: sample.bytes, loaded });
    bytes += sample.bytes;
    most = Math.max(most, bytes);
  };
  const load = async (sample: PlannedSample): Promise<LoadedSample> => {
    const source = byId.get(sample.id);
    if (!source) {
      throw new InputError(
        `Image "${sample.id}" is no longer among the data that the run was planned with. Put it back.`,
      );
    }
    makeRoom(sample.bytes); // before it is read: for a moment both would be there
    const loaded = await loadSample(source);
    await requireUnchanged(sample, loaded);
    keep(sample, loaded);
    return loaded;
  };
  return {
    keep,
    pause,
    held: () => ({ bytes, most }),
    async read(sample) {
      await pause();
      const entry = kept.get(sample.id);
      if (entry) {
        kept.delete(sample.id);
        kept.set(sample.id, entry);
        return entry.loaded;
      }
      const already = loading.get(sample.id);
      if (already) return already;
      const read = load(sample).finally(() => loading.delete(sample.id));
      loading.set(sample.id, read);
      return read;
    },
  };
}
