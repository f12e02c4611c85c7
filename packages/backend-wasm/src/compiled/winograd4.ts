import type { backend_util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { Convolution } from "./convolution-job.js";
import { packFilter, packingOf } from "./packed-filter.js";
import { productBytes, strideOf } from "./products.js";

/**
 * Whether tiles of 4×4 outputs take fewer products than those of 2×2. Only with a fused multiply-add are their transforms, which
 * have factors, cheap and accurate enough.
 */
export function suitsLargeTiles({ variant }: Compiled, height: number, width: number): boolean {
  const small = Math.ceil(height / 2) * Math.ceil(width / 2);
  return variant === "relaxed SIMD" && positions * tilesOf(height, width) <= 16 * small;
}

/** A transformed tile's values of one channel. */
const positions = 36;

/** Bytes of a tile's values of four channels. */
const lineBytes = 16 * positions;

/** Bytes of transformed filters, or of sums of their gradients, that are held at a time: all of those up to 256 × 256 channels. */
const mostBytes = 16 * 2 ** 20;

/** Tiles times channels of input and dy that are transformed at once where these are all that there are: then sums need not wait for other blocks. */
const mostAtOnce = 2 ** 14;

/** Tiles of the input that are transformed at a time, in groups of six as products take them. */
const tilesAtOnce = 12;

/** A convolution as by tiles of 2×2 outputs, which {@link suitsLargeTiles}. */
export function winograd4(
  compiled: Compiled,
  { images, input, filter, bias, output, above, left, rectify, slopes }: Convolution,
): void {
  const { threads } = compiled;
  const tiles = images * tilesOf(output.height, output.width);
  // With few tiles, what a thread transformed of the filter is large beside them: it is better read where it was written.
  const byChannels = threads > 1 && 4 * tiles <= output.channels;
  const share = byChannels ? tiles : Math.ceil(tiles / threads);
  const blockTiles = share < 2 * tilesAtOnce ? share : tilesAtOnce;
  const packing = packingOf(filter, 1);
  const channelTiles = Math.ceil(output.channels / 8);
  const packedTileBytes = packing.bytes / channelTiles;
  const tileBytes = 32 + positions * strideOf(32 * input.channels);
  const tilesHeld = Math.max(1, Math.min(channelTiles, Math.floor(mostBytes / tileBytes)));
  const partBytes =
    positions * productBytes + lineBytes + positions * (4 * input.channels + strideOf(4 * blockTiles * input.channels));

  const parts = compiled.scratch(threads * partBytes + packing.bytes + tilesHeld * tileBytes);
  const packed = parts + threads * partBytes;
  const transformed = packed + packing.bytes;
  packFilter(compiled, filter, bias, packed, packing);
  for (let first = 0; first < channelTiles; first += tilesHeld) {
    const some = Math.min(tilesHeld, channelTiles - first);
    const from = packed + first * packedTileBytes;
    // The parts' scratch is free until the convolution itself.
    compiled.jobs.winograd4Filter({ packed: from, transformed, lines: parts, channels: input.channels, tiles: some });
    // One plain object: several spread into one would cost more than a small convolution.
    compiled.jobs.winograd4({
      input: input.address,
      packed: from,
      filter: transformed,
      output: output.address + 32 * first,
      scratch: parts,
      partBytes,
      images,
      height: input.height,
      width: input.width,
      channels: input.channels,
      outHeight: output.height,
      outWidth: output.width,
      outPixel: output.channels,
      outChannels: Math.min(8 * some, output.channels - 8 * first),
      above,
      left,
      rectify: Number(rectify),
      blockTiles,
      byChannels: Number(byChannels),
      slopesBelow: slopes ? slopes.below + 32 * first : 0,
      slopesAbove: slopes ? slopes.above + 32 * first : 0,
    });
  }
}

/** The gradient with respect to the filter, from the addresses of input, dy and gradient. */
export function winograd4FilterGradient(
  compiled: Compiled,
  info: backend_util.Conv2DInfo,
  input: number,
  dy: number,
  gradient: number,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const { threads } = compiled;
  const tiles = batchSize * tilesOf(outHeight, outWidth);
  const most = inChannels >= 256 ? 16 : inChannels >= 128 ? 32 : 60;
  // Threads that share the blocks transform nothing twice, but each has sums to add up.
  const byBlocks = threads > 1 && tiles >= 2 * inChannels * threads;
  const share = byBlocks ? Math.ceil(tiles / threads) : tiles;
  const atOnce = !byBlocks && tiles * (inChannels + outChannels) <= mostAtOnce;
  const blockTiles = atOnce ? tiles : Math.min(most, share);
  const tileBytes = positions * 32 * inChannels;
  const channelTiles = Math.ceil(outChannels / 8);
  const makers = byBlocks ? threads : 1;
  const tilesHeld = Math.max(1, Math.min(channelTiles, Math.floor(mostBytes / makers / tileBytes)));
  const sumsBytes = tilesHeld * tileBytes;
  const partBytes =
    positions * productBytes +
    lineBytes +
    positions * 4 * Math.max(inChannels, outChannels) +
    positions * (strideOf(4 * blockTiles * inChannels) + strideOf(32 * blockTiles * tilesHeld));

  const scratch = compiled.scratch(threads * partBytes + makers * sumsBytes);
  const sums = scratch + threads * partBytes;
  const sumsOfPart = byBlocks ? sumsBytes : 0;
  for (let first = 0; first < channelTiles; first += tilesHeld) {
    const some = Math.min(tilesHeld, channelTiles - first);
    const firstOut = 8 * first;
    const outs = Math.min(8 * some, outChannels - firstOut);
    compiled.jobs.winograd4FilterGradient({
      input,
      dy,
      gradient,
      sums,
      scratch,
      partBytes,
      images: batchSize,
      height: inHeight,
      width: inWidth,
      channels: inChannels,
      outHeight,
      outWidth,
      outPixel: outChannels,
      firstOut,
      outChannels: outs,
      above: padInfo.top,
      left: padInfo.left,
      blockTiles,
      sumsOfPart,
    });
    if (byBlocks) {
      compiled.jobs.winograd4Taps({
        sums,
        gradient,
        lines: scratch, // which is free again
        channels: inChannels,
        outPixel: outChannels,
        firstOut,
        outChannels: outs,
        sumsOfPart,
        makers,
      });
    }
  }
}

/** Tiles of 4×4 outputs of an image. */
function tilesOf(height: number, width: number): number {
  return Math.ceil(height / 4) * Math.ceil(width / 4);
}
