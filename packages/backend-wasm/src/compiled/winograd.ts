import type { backend_util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { Convolution } from "./convolution-job.js";
import { packFilter, packingOf } from "./packed-filter.js";
import { productBytes } from "./products.js";
import { suitsLargeTiles, winograd4, winograd4FilterGradient } from "./winograd4.js";

/** What of a convolution tells whether Winograd's serves. */
interface Window {
  readonly taps: readonly [rows: number, columns: number];
  readonly stride: readonly [down: number, across: number];
  readonly inChannels: number;
  readonly outChannels: number;
}

/** With fewer channels in, the transforms of a convolution take longer than what its tiles save. Larger tiles save more. */
const fewestInputs = { SIMD: 8, "relaxed SIMD": 4 } as const;

/** Whether Winograd's algorithm serves, and faster: 3×3 taps, no stride, and enough channels in whole vectors. */
export function suitsWinograd(
  { variant }: Compiled,
  { taps, stride, inChannels, outChannels }: Window,
  purpose: "convolution" | "filterGradient",
): boolean {
  return (
    taps.every((count) => count === 3) &&
    stride.every((step) => step === 1) &&
    [inChannels, outChannels].every((channels) => channels > 0 && channels % 4 === 0) &&
    (purpose === "filterGradient" || inChannels >= fewestInputs[variant])
  );
}

/**
 * Tiles that are transformed at a time: few enough for the second-level cache. Four more than a multiple of eight, so that the
 * rows of the transformed tiles do not share the same few sets of the cache.
 */
const blockTiles = { convolution: 60, filterGradient: 84 } as const;

/** Bytes of a tile's sixteen values of one channel. */
const tileBytes = 4 * 16;

/** Tiles times output channels whose sums are made at once: assembly/winograd.ts. */
const sumsAtOnce = 6 * 8;

/** A convolution that {@link suitsWinograd}, whose results lie without gaps. */
export function winograd(compiled: Compiled, convolution: Convolution): void {
  const { images, input, filter, bias, output, above, left, rectify, slopes } = convolution;
  if (suitsLargeTiles(compiled, output.height, output.width)) {
    winograd4(compiled, convolution);
    return;
  }
  const tiles = images * tilesOf(output.height, output.width);
  const tilesOfThread = 6 * Math.ceil(tiles / compiled.threads / 6);
  const tilesAtOnce = Math.min(blockTiles.convolution, tilesOfThread);
  const packing = packingOf(filter, 1);
  const filterBytes = 4 * 8 * Math.ceil(output.channels / 8) * (1 + 16 * input.channels);
  const partBytes = tileBytes * (sumsAtOnce + input.channels * (1 + tilesAtOnce));

  const scratch = compiled.scratch(filterBytes + compiled.threads * partBytes + packing.bytes);
  const parts = scratch + filterBytes;
  const packed = parts + compiled.threads * partBytes;
  packFilter(compiled, filter, bias, packed, packing);
  compiled.jobs.winogradFilter({
    packed,
    transformed: scratch,
    channels: input.channels,
    outChannels: output.channels,
  });
  compiled.jobs.winograd({
    input: input.address,
    filter: scratch,
    output: output.address,
    scratch: parts,
    partBytes,
    images,
    height: input.height,
    width: input.width,
    channels: input.channels,
    outHeight: output.height,
    outWidth: output.width,
    outChannels: output.channels,
    above,
    left,
    rectify: Number(rectify),
    slopesBelow: slopes?.below ?? 0,
    slopesAbove: slopes?.above ?? 0,
    blockTiles: tilesAtOnce,
  });
}

/** The gradient with respect to the filter of a convolution that {@link suitsWinograd}, from the addresses of the three. */
export function winogradFilterGradient(
  compiled: Compiled,
  info: backend_util.Conv2DInfo,
  x: number,
  dy: number,
  gradient: number,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  if (suitsLargeTiles(compiled, outHeight, outWidth)) {
    winograd4FilterGradient(compiled, info, x, dy, gradient);
    return;
  }
  const outPadded = 8 * Math.ceil(outChannels / 8);
  const tiles = batchSize * tilesOf(outHeight, outWidth);
  const tilesAtOnce = Math.min(blockTiles.filterGradient, tiles);
  const sumsBytes = tileBytes * inChannels * outPadded;
  const partBytes =
    productBytes + tileBytes * (Math.max(inChannels, outChannels) + tilesAtOnce * (inChannels + outPadded));

  const sums = compiled.scratch(sumsBytes + compiled.threads * partBytes);
  compiled.jobs.winogradFilterGradient({
    input: x,
    dy,
    gradient,
    sums,
    scratch: sums + sumsBytes,
    partBytes,
    images: batchSize,
    height: inHeight,
    width: inWidth,
    channels: inChannels,
    outHeight,
    outWidth,
    outChannels,
    above: padInfo.top,
    left: padInfo.left,
    blockTiles: tilesAtOnce,
  });
}

/** Tiles of 2×2 outputs of an image. */
function tilesOf(height: number, width: number): number {
  return Math.ceil(height / 2) * Math.ceil(width / 2);
}
