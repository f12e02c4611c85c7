import type { Compiled } from "../compiled-module.js";
import { Job } from "../job.js";

/** A convolution as assembly/convolution.ts runs it. Addresses are in bytes, all else counts pixels, rows, channels or floats. */
export interface Convolution {
  readonly images: number;
  readonly input: Images;
  readonly filter: Filter;
  /** Address of the bias, or 0. */
  readonly bias: number;
  readonly output: Images & {
    /** Floats from an output to the next one across, down, and in the next image. */
    readonly steps: readonly [across: number, down: number, image: number];
  };
  readonly stride: readonly [down: number, across: number];
  readonly above: number;
  readonly left: number;
  /** Whether a ReLU follows. */
  readonly rectify: boolean;
}

interface Images {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A filter [height, width, in, out] and the taps of it that count, in the order in which they meet the input. */
export interface Filter {
  readonly address: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Whether the input has the filter's out channels, as in the gradient of a convolution's input. */
  readonly exchange: boolean;
  readonly rows: Taps;
  readonly columns: Taps;
}

/** `count` of a filter's rows or columns: `first`, `first + step`, … */
export interface Taps {
  readonly count: number;
  readonly first: number;
  readonly step: number;
}

/** Planes of about this many floats are made at a time: they stay in the second-level cache. */
const blockFloats = 48 * 1024;

export function convolve(
  compiled: Compiled,
  { images, input, filter, bias, output, stride, above, left, rectify }: Convolution,
): void {
  const { rows, columns } = filter;
  const [down, across] = stride;
  const phases = Math.min(across, columns.count);
  const taps = Math.ceil(columns.count / across);
  const planes = input.channels * phases;
  const tileFloats = 8 + rows.count * planes * taps * 8;
  const packedBytes = 4 * Math.ceil(output.channels / 8) * tileFloats;

  const rowFloats = planes * planeLength(output.width + taps - 1);
  const rowsThatFit = Math.floor((Math.floor(blockFloats / rowFloats) - rows.count) / down) + 1;
  const blockRows = Math.max(1, Math.min(output.height, Math.max(4, rowsThatFit)));
  const partBytes = 4 * rowFloats * ((blockRows - 1) * down + rows.count);

  const scratch = compiled.scratch(packedBytes + compiled.threads * partBytes);
  compiled.run(
    Job.packFilter,
    filter.address,
    bias,
    scratch,
    filter.width,
    filter.inChannels,
    filter.outChannels,
    Number(filter.exchange),
    rows.count,
    rows.first,
    rows.step,
    columns.count,
    columns.first,
    columns.step,
    taps,
    phases,
  );
  compiled.run(
    Job.convolution,
    input.address,
    scratch,
    output.address,
    scratch + packedBytes,
    partBytes,
    images,
    input.height,
    input.width,
    input.channels,
    output.height,
    output.width,
    output.channels,
    down,
    across,
    above,
    left,
    rows.count,
    taps,
    phases,
    ...output.steps,
    Number(rectify),
    blockRows,
  );
}

/** As in assembly/convolution.ts. */
function planeLength(length: number): number {
  return ((length + 11) & ~15) + 4;
}
