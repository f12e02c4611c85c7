import { InputError } from "@em-stellar/core";

/** How much of a mask is object. */
export interface MaskShare {
  readonly id: string;
  /** Object pixels. */
  readonly objects: number;
  /** All pixels. */
  readonly pixels: number;
}

/** Throws `InputError` where all masks together hold one class only: nothing could be learnt from them, and nothing scored. */
export function requireBothClasses(samples: readonly MaskShare[]): void {
  const objects = samples.reduce((sum, each) => sum + each.objects, 0);
  const pixels = samples.reduce((sum, each) => sum + each.pixels, 0);
  if (samples.length > 0 && (objects === 0 || objects === pixels)) {
    const [first, last] = [samples[0]?.id, samples.at(-1)?.id];
    const which =
      samples.length === 1
        ? `The mask of "${first}" holds`
        : `The ${samples.length} masks ("${first}" to "${last}") hold`;
    const found = objects === 0 ? "background only: no pixel is object" : "object only: no pixel is background";
    throw new InputError(
      `${which} ${found}. A network needs both to learn. Are these the right files? If they are, say which stored values mean object with maskRule or objectLabels.`,
    );
  }
}
