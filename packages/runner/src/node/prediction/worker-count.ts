import { availableParallelism, totalmem } from "node:os";
import { InputError } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import type { FilePredictionOptions } from "./prediction-options.js";
import type { Prepared } from "./prepare.js";

/** Backends that compute on the processor, where a second one computes beside the first. */
const onProcessor = ["wasm", "cpu"];

/** Fewer pixels in all are predicted before a second thread has started. */
const fewPixels = 2 ** 20;

/** How many threads predict. Throws `InputError` where several were asked for and the device has no use for them. */
export function workersFor(
  { workers, memory }: FilePredictionOptions,
  { backend }: Device,
  { work, tiles }: Pick<Prepared, "work" | "tiles">,
): number {
  const isOnProcessor = onProcessor.includes(backend);
  if (workers !== null) {
    if (workers > 1 && !isOnProcessor) {
      throw new InputError(
        `\`workers\` is ${workers}, but ${backend} computes on one device, which a second thread makes no faster. Leave it out.`,
      );
    }
    return Math.max(1, Math.min(workers, tiles));
  }
  const pixels = work.flatMap(({ pages }) => pages).reduce((sum, { place }) => sum + place.width * place.height, 0);
  if (!isOnProcessor || pixels < fewPixels) return 1;
  return Math.max(1, Math.min(availableParallelism(), tiles, Math.floor(totalmem() / 2 / memory)));
}
