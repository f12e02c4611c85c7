import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { Heap } from "../heap.js";
import type { Slopes } from "./convolution-job.js";
import { rowOf } from "./rows.js";

/** Runs a kernel with slopes laid out for it: `below` with one or one for each channel, `above` likewise for each, absent where all are 1. */
export function withSlopes<Result>(
  heap: Heap,
  compiled: Compiled,
  channels: number,
  { below, above }: { readonly below: TensorInfo; readonly above?: TensorInfo },
  run: (slopes: Slopes) => Result,
): Result {
  const row = rowOf(channels);
  // A tensor of its own, because the kernel itself needs what `scratch` gives.
  const tables = heap.allocate([2, row]);
  const address = heap.address(tables);
  try {
    compiled.jobs.leakyTables({
      channels,
      below: heap.address(below),
      belowCount: util.sizeFromShape(below.shape),
      above: above ? heap.address(above) : 0,
      tables: address,
    });
    return run({ below: address, above: address + 4 * row });
  } finally {
    heap.release(tables);
  }
}
