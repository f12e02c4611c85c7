import { InputError } from "@em-stellar/core";

/**
 * The share of object pixels in each binary mask, 0 to 1, in order. Throws `InputError` where all masks together hold one
 * class only: nothing could be learnt from them, and nothing scored.
 */
export function requireBothClasses(samples: readonly { readonly id: string; readonly mask: Uint8Array }[]): number[] {
  const counts = samples.map(({ mask }) => mask.reduce((sum, value) => sum + (value ? 1 : 0), 0));
  const objects = counts.reduce((sum, count) => sum + count, 0);
  const pixels = samples.reduce((sum, { mask }) => sum + mask.length, 0);
  if (samples.length > 0 && (objects === 0 || objects === pixels)) {
    const [first, last] = [samples[0]?.id, samples.at(-1)?.id];
    const which =
      samples.length === 1
        ? `The mask of "${first}" holds`
        : `The ${samples.length} masks ("${first}" to "${last}") hold`;
    const found = objects === 0 ? "background only: no pixel is object" : "object only: no pixel is background";
    throw new InputError(
      `${which} ${found}. A network needs both to learn from. Are these the right files? If they are, say which stored values mean object with maskRule or objectLabels.`,
    );
  }
  return counts.map((count, i) => count / (samples[i]?.mask.length ?? 1));
}
