import type { Compiled } from "../compiled-module.js";

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

/** How a filter's taps lie in memory for a stride across: those that meet the same phase of it side by side. */
export interface Packing {
  readonly phases: number;
  /** Of a row, for each phase. */
  readonly taps: number;
  readonly bytes: number;
}

export function packingOf({ rows, columns, inChannels, outChannels, exchange }: Filter, across: number): Packing {
  const phases = Math.min(across, columns.count);
  const taps = Math.ceil(columns.count / across);
  const [inputs, outputs] = exchange ? [outChannels, inChannels] : [inChannels, outChannels];
  return { phases, taps, bytes: 4 * Math.ceil(outputs / 8) * (8 + rows.count * inputs * phases * taps * 8) };
}

/** Packs a filter and a bias (0: none) as assembly/convolution-filter.ts describes. */
export function packFilter(
  compiled: Compiled,
  { address, width, inChannels, outChannels, exchange, rows, columns }: Filter,
  bias: number,
  place: number,
  { phases, taps }: Packing,
): void {
  compiled.jobs.packFilter({
    filter: address,
    bias,
    packed: place,
    width,
    inChannels,
    outChannels,
    exchange: Number(exchange),
    rows: rows.count,
    firstRow: rows.first,
    rowStep: rows.step,
    columns: columns.count,
    firstColumn: columns.first,
    columnStep: columns.step,
    taps,
    phases,
  });
}
