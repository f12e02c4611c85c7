import type { ProbabilityMap } from "@em-stellar/core";
import { lazily } from "../lazily.js";
import { decideMasks, type MaskDecision, type MaskRule, readMask, type StoredMask } from "../mask-rule.js";

/** The masks of a data set, of which all are looked through once, when the first is read. */
export interface MaskSet {
  /** The map of a mask, by its place in the set. */
  read(index: number): Promise<ProbabilityMap>;
  /** What was decided about all of them, for other processes. */
  settled(): Promise<MaskDecision>;
  warnings(): Promise<MaskDecision["warnings"]>;
}

/** Masks whose values mean what `rule` says, or what was `settled` when the same data were read before. */
export function maskSet(rule: MaskRule, masks: readonly StoredMask[], settled: unknown): MaskSet {
  // Written by `settled` of the same data source, which a run hands on as it is.
  const known = settled as MaskDecision | undefined;
  const decision = lazily(async () => known ?? (await decideMasks(rule, masks)));
  return {
    async read(index) {
      const mask = masks[index] as StoredMask; // callers count within the set
      return readMask(await decision(), index, await mask.read(), mask.name);
    },
    settled: decision,
    warnings: async () => (await decision()).warnings,
  };
}
