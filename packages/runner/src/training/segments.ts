import { type GraphStep, lastUse } from "./layer-graph.js";

/**
 * Where a network is cut, so that a training that keeps only what crosses the cuts, and computes each segment again when its
 * gradient is due, holds the least at a time. Gives the first step of each segment, and the number of steps at the end: `[0, 9, 20]`
 * is two segments. `bytes` are those of the tensors, by number.
 */
export function cutIntoSegments(steps: readonly GraphStep[], bytes: readonly number[]): number[] {
  const made = steps.map(({ outputs }) => sum(outputs.map((number) => bytes[number] as number)));
  const uses = bytes.map((_, number) => lastUse(steps, number));
  const peakOf = (cuts: readonly number[]) => peakBytes(steps, bytes, made, uses, cuts);
  const total = sum(made);
  let best = [0, steps.length];
  for (let count = 2; count <= Math.min(32, steps.length); count++) {
    const cuts = evenCuts(made, total / count);
    if (peakOf(cuts) < peakOf(best)) best = cuts;
  }
  // The even cuts are near the best places, which are where little crosses.
  for (let improved = true; improved; ) {
    improved = false;
    for (let i = 1; i < best.length - 1; i++) {
      for (const shift of [-3, -2, -1, 1, 2, 3]) {
        const moved = best.with(i, (best[i] as number) + shift);
        const isOrdered = moved.every((cut, at) => at === 0 || cut > (moved[at - 1] as number));
        if (!isOrdered || peakOf(moved) >= peakOf(best)) continue;
        best = moved;
        improved = true;
      }
    }
  }
  return best;
}

/** Cuts between steps that make so many bytes each, so that no segment makes more than `most`, unless one step does. */
function evenCuts(bytes: readonly number[], most: number): number[] {
  const cuts = [0];
  let held = 0;
  bytes.forEach((each, place) => {
    if (held > 0 && held + each > most) {
      cuts.push(place);
      held = 0;
    }
    held += each;
  });
  return [...cuts, bytes.length];
}

/**
 * The most that is held while the gradients of the segments are computed, from the last to the first. `made` are the bytes that
 * each step makes, `uses` the last step that takes each tensor.
 */
function peakBytes(
  steps: readonly GraphStep[],
  bytes: readonly number[],
  made: readonly number[],
  uses: readonly number[],
  cuts: readonly number[],
): number {
  let peak = 0;
  const kept = new Set<number>();
  cuts.slice(1).forEach((to, i) => {
    const from = cuts[i] as number;
    const before = steps[from]?.outputs[0] ?? 0;
    for (const { inputs } of steps.slice(from, to)) {
      for (const number of inputs) if (number > 0 && number < before) kept.add(number);
    }
    const behind = steps[to]?.outputs[0] ?? bytes.length;
    const gradients = bytes.filter((_, number) => number > 0 && number < behind && (uses[number] as number) >= to);
    const working = 2 * Math.max(...made.slice(from, to)); // gradients of what a layer gives and takes
    const held = sum([...kept].map((number) => bytes[number] as number)) + sum(gradients);
    peak = Math.max(peak, held + sum(made.slice(from, to)) + working);
  });
  return peak;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
