import { address, whole } from "./argument";
import { addColumnProducts, columnProducts, groupOf } from "./products";
import { startOf } from "./share";
import { strideOf } from "./stride";
import { pixelsAt } from "./winograd-tiles";
import { dyLine, inputLine, tapLine } from "./winograd4-transforms";

/**
 * The gradient of a filter of 3×3 taps and stride 1, [3, 3, in, out], with tiles of 4×4 outputs as in winograd4-transforms.ts: a
 * block of tiles of the input and of dy is transformed, and each position's products of input and output channels are summed
 * over the tiles of the block and then over blocks, so that each float adds up few values at a time; of all the sums the
 * gradient is made. In and out divide by four.
 *
 * A part takes a share of the input channels, and transforms all of dy; or, where `sumsOfPart` is not 0, a share of the blocks:
 * it leaves sums of its own, this many bytes after those of the part before it, of which {@link winograd4Taps} makes the
 * gradient. `firstOut`, `outChannels`: the output channels that are made here; `outPixel`: how many there are in all; `sums`:
 * place for [position][in][outChannels rounded up to eights]; `partBytes`: scratch for each part; `above`, `left`: zeros.
 * @args input dy gradient sums scratch partBytes images height width channels outHeight outWidth outPixel
 *   firstOut outChannels above left blockTiles sumsOfPart
 */
export function winograd4FilterGradient(args: usize, part: i32, parts: i32): void {
  const input = address(args, 0);
  const dy = address(args, 1);
  const gradient = address(args, 2);
  const sumsOfPart = address(args, 18);
  const sums = address(args, 3) + <usize>part * sumsOfPart;
  const products = address(args, 4) + <usize>part * address(args, 5);
  const images = whole(args, 6);
  const height = whole(args, 7);
  const width = whole(args, 8);
  const channels = whole(args, 9);
  const outHeight = whole(args, 10);
  const outWidth = whole(args, 11);
  const outPixel = address(args, 12) << 2;
  const skip = address(args, 13) << 2;
  const outChannels = whole(args, 14);
  const above = whole(args, 15);
  const left = whole(args, 16);
  const blockTiles = whole(args, 17);

  const ofBlocks = sumsOfPart != 0;
  const firstQuad = ofBlocks ? 0 : startOf(part, parts, channels >> 2);
  const share = ofBlocks ? channels : (startOf(part + 1, parts, channels >> 2) - firstQuad) << 2;
  if (share == 0) return;
  const pixel = <usize>channels << 2;
  const bytes = <usize>share << 2;
  const channelTiles = (outChannels + 7) >> 3;
  const sumRow = <usize>channelTiles << 5;
  const positionOfSums = <usize>channels * sumRow;
  const ofPart = sums + <usize>(firstQuad << 2) * sumRow;
  const across = (outWidth + 3) >> 2;
  const ofImage = across * ((outHeight + 3) >> 2);
  const tiles = images * ofImage;
  const blocks = (tiles + blockTiles - 1) / blockTiles;
  const firstTile = ofBlocks ? startOf(part, parts, blocks) * blockTiles : 0;
  const lastTile = ofBlocks ? min(tiles, startOf(part + 1, parts, blocks) * blockTiles) : tiles;
  const isOneBlock = !ofBlocks && blocks == 1;
  if (!isOneBlock) {
    for (let p: usize = 0; p < 36; p++) memory.fill(ofPart + p * positionOfSums, 0, <usize>share * sumRow);
  }
  const tap = <usize>channels * outPixel;
  const lines = products + 36 * 192;
  const patch = lines + 36 * 16;
  const transformed = patch + 36 * max(pixel, outPixel);
  const position = strideOf(<usize>blockTiles * bytes);
  const transformedDy = transformed + 36 * position;
  const dyTile = <usize>blockTiles << 5;
  const dyPosition = strideOf(<usize>channelTiles * dyTile);
  for (let first = firstTile; first < lastTile; first += blockTiles) {
    const count = min(blockTiles, lastTile - first);
    for (let i = 0; i < count; i++) {
      const image = (first + i) / ofImage;
      const inImage = (first + i) % ofImage;
      const y = (inImage / across) * 4;
      const x = (inImage % across) * 4;
      const ofInput = input + <usize>(image * height * width) * pixel;
      let from = pixelsAt(ofInput, height, width, pixel, y - above, x - left, 6, patch);
      const row = from == patch ? 6 * pixel : <usize>width * pixel;
      from += <usize>firstQuad << 4;
      let to = transformed + <usize>i * bytes;
      for (const end = from + bytes; from < end; from += 16) {
        let at = from;
        for (let line = lines; line < lines + 96; line += 16) {
          inputLine(at, row, line, 96);
          at += pixel;
        }
        let place = to;
        for (let line = lines; line < lines + 576; line += 96) {
          inputLine(line, 16, place, position);
          place += 6 * position;
        }
        to += 16;
      }
      const ofDy = dy + <usize>(image * outHeight * outWidth) * outPixel;
      from = pixelsAt(ofDy, outHeight, outWidth, outPixel, y, x, 4, patch);
      const dyRow = from == patch ? 4 * outPixel : <usize>outWidth * outPixel;
      from += skip;
      to = transformedDy + (<usize>i << 5);
      for (let channel = 0; channel < outChannels; channel += 4) {
        let at = from;
        for (let line = lines; line < lines + 64; line += 16) {
          dyLine(at, dyRow, line, 64);
          at += outPixel;
        }
        let place = to;
        for (let line = lines; line < lines + 384; line += 64) {
          dyLine(line, 16, place, dyPosition);
          place += 6 * dyPosition;
        }
        from += 16;
        to += (channel & 4) != 0 ? dyTile - 16 : 16;
      }
      if ((outChannels & 4) != 0) {
        // Zeros for the half of the last eight channels that there is not.
        for (let p: usize = 0; p < 36; p++) v128.store(to + p * dyPosition, f32x4.splat(0));
      }
    }
    if (isOneBlock) {
      // Each sum is whole at once: of six channels by eight, all positions stay in the first-level cache.
      for (let channel = 0; channel < share; ) {
        const group = groupOf(share - channel);
        for (let tile = 0; tile < channelTiles; tile++) {
          let x = transformed + (<usize>channel << 2);
          let y = transformedDy + <usize>tile * dyTile;
          for (let to = products; to < lines; to += 192) {
            columnProducts(group, x, bytes, y, count, to);
            x += position;
            y += dyPosition;
          }
          const to = gradient + <usize>((firstQuad << 2) + channel) * outPixel + skip + (<usize>tile << 5);
          for (let i: usize = 0; i < <usize>group; i++) {
            makeTaps(products + (i << 5), 192, lines, to + i * outPixel, tap);
            if (outChannels - (tile << 3) > 4) makeTaps(products + (i << 5) + 16, 192, lines, to + i * outPixel + 16, tap);
          }
        }
        channel += group;
      }
      return;
    }
    for (let p: usize = 0; p < 36; p++) {
      let from = transformed + p * position;
      for (let channel = 0; channel < share; ) {
        const group = groupOf(share - channel);
        const to = ofPart + p * positionOfSums + <usize>channel * sumRow;
        for (let tile: usize = 0; tile < <usize>channelTiles; tile++) {
          const y = transformedDy + p * dyPosition + tile * dyTile;
          addColumnProducts(group, from, bytes, y, count, to + (tile << 5), sumRow, 8, products);
        }
        from += <usize>group << 2;
        channel += group;
      }
    }
  }
  if (ofBlocks) return;
  for (let channel = firstQuad << 2; channel < (firstQuad << 2) + share; channel++) {
    for (let out: usize = 0; out < <usize>outChannels << 2; out += 16) {
      const from = sums + <usize>channel * sumRow + out;
      const to = gradient + <usize>channel * outPixel + skip + out;
      makeTaps(from, positionOfSums, lines, to, tap);
    }
  }
}

/**
 * The gradient from sums that the parts of {@link winograd4FilterGradient} made of blocks of their own. `lines`: scratch of 576
 * bytes for each part; `makers`: how many parts made sums.
 * @args sums gradient lines channels outPixel firstOut outChannels sumsOfPart makers
 */
export function winograd4Taps(args: usize, part: i32, parts: i32): void {
  const sums = address(args, 0);
  const lines = address(args, 2) + <usize>part * 576;
  const channels = whole(args, 3);
  const outPixel = address(args, 4) << 2;
  const gradient = address(args, 1) + (address(args, 5) << 2);
  const outChannels = whole(args, 6);
  const sumsOfPart = address(args, 7);
  const makers = address(args, 8);
  const sumRow = <usize>((outChannels + 7) >> 3) << 5;
  const position = <usize>channels * sumRow;
  const last = startOf(part + 1, parts, channels);
  for (let channel = startOf(part, parts, channels); channel < last; channel++) {
    for (let p: usize = 0; p < 36; p++) {
      const to = sums + p * position + <usize>channel * sumRow;
      for (let maker: usize = 1; maker < makers; maker++) {
        const from = to + maker * sumsOfPart;
        for (let i: usize = 0; i < sumRow; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
      }
    }
    for (let out: usize = 0; out < <usize>outChannels << 2; out += 16) {
      const from = sums + <usize>channel * sumRow + out;
      makeTaps(from, position, lines, gradient + <usize>channel * outPixel + out, <usize>channels * outPixel);
    }
  }
}

// @ts-expect-error: decorator
/** Gᵀ m G of 36 sums, \`position\` bytes apart: nine taps of four output channels. */
@inline
function makeTaps(from: usize, position: usize, lines: usize, to: usize, tap: usize): void {
  for (let column: usize = 0; column < 6; column++) {
    tapLine(from + column * position, 6 * position, lines + (column << 4), 96);
  }
  for (let row: usize = 0; row < 3; row++) tapLine(lines + row * 96, 16, to + 3 * row * tap, tap);
}
