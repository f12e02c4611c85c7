import type { Compiled } from "../compiled-module.js";
import type { Convolution } from "./convolution-job.js";
import { packFilter, packingOf } from "./packed-filter.js";
import { suitsWinograd, winograd } from "./winograd.js";

/** Planes of about this many floats are made at a time: they stay in the second-level cache. */
const blockFloats = 48 * 1024;

export function convolve(compiled: Compiled, convolution: Convolution): void {
  if (suitsWinograd(compiled, windowOf(convolution), "convolution") && hasNoGaps(convolution.output))
    winograd(compiled, convolution);
  else direct(compiled, convolution);
}

function windowOf({ input, filter, output, stride }: Convolution) {
  return {
    taps: [filter.rows.count, filter.columns.count],
    stride,
    inChannels: input.channels,
    outChannels: output.channels,
  } as const;
}

/** Not so where the gradient of an input is made of several convolutions, each of which makes some of its pixels. */
function hasNoGaps({ height, width, channels, steps: [across, down, image] }: Convolution["output"]): boolean {
  return across === channels && down === width * across && image === height * down;
}

function direct(
  compiled: Compiled,
  { images, input, filter, bias, output, stride, above, left, rectify, slopes }: Convolution,
): void {
  const { rows } = filter;
  const [down, across] = stride;
  const packing = packingOf(filter, across);
  const { phases, taps } = packing;

  const rowFloats = input.channels * phases * planeLength(output.width + taps - 1);
  const rowsThatFit = Math.floor((Math.floor(blockFloats / rowFloats) - rows.count) / down) + 1;
  const blockRows = Math.max(1, Math.min(output.height, Math.max(4, rowsThatFit)));
  const partBytes = 4 * rowFloats * ((blockRows - 1) * down + rows.count);

  const scratch = compiled.scratch(packing.bytes + compiled.threads * partBytes);
  packFilter(compiled, filter, bias, scratch, packing);
  const [outPixel, outRow, outImage] = output.steps;
  compiled.jobs.convolution({
    ...{ input: input.address, filter: scratch, output: output.address, scratch: scratch + packing.bytes, partBytes },
    ...{ images, height: input.height, width: input.width, channels: input.channels },
    ...{ outHeight: output.height, outWidth: output.width, outChannels: output.channels },
    ...{ strideDown: down, strideAcross: across, above, left },
    ...{ filterRows: rows.count, taps, phases },
    ...{ outPixel, outRow, outImage, rectify: Number(rectify), blockRows },
    ...{ slopesBelow: slopes?.below ?? 0, slopesAbove: slopes?.above ?? 0 },
  });
}

/** As in assembly/convolution.ts. */
function planeLength(length: number): number {
  return ((length + 11) & ~15) + 4;
}
