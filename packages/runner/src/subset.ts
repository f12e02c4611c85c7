import { createRandom } from "@em-stellar/core";
import type { PlannedSample } from "./plan.js";

/**
 * So many of a fold's training images, drawn by a seed. A smaller number gives a part of what a larger one gives. Where an
 * image of the fold has both objects and background, the first that is drawn has. The places keep their order.
 */
export function subsetOf(
  places: readonly number[],
  count: number,
  samples: readonly Pick<PlannedSample, "objects" | "width" | "height" | "ignored">[],
  seed: string,
): number[] {
  const drawn = createRandom(`subset/${seed}`).shuffle(places);
  const first = drawn.findIndex((place) => hasBoth(samples[place]));
  if (first > 0) drawn.unshift(...drawn.splice(first, 1));
  const chosen = new Set(drawn.slice(0, count));
  return places.filter((place) => chosen.has(place));
}

function hasBoth(sample: Pick<PlannedSample, "objects" | "width" | "height" | "ignored"> | undefined): boolean {
  return (
    sample !== undefined && sample.objects > 0 && sample.objects < sample.width * sample.height - (sample.ignored ?? 0)
  );
}
