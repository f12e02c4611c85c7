import type { Filter } from "./packed-filter.js";

/** A convolution as the kernels in assembly/ run it. Addresses are in bytes, all else counts pixels, rows, channels or floats. */
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
  /** What follows instead: slopes below and above 0, one for each channel. */
  readonly slopes: Slopes | null;
}

/** Addresses of slopes, laid along rows: ./slopes.ts. */
export interface Slopes {
  readonly below: number;
  readonly above: number;
}

interface Images {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
