import { InputError, type ProbabilityMap, type Raster, type Sample } from "@em-stellar/core";

/** A part of an image, in pixels. */
interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts a sample into a grid of `count` × `count` parts that do not overlap, each a sample. The parts of a column are a group,
 * unless the sample has one: neighbours resemble each other, and so only the borders between columns lie between what is
 * learnt from and what is held out. Throws `InputError` for an image with fewer than 16 pixels to a part.
 */
export function tileSamples(
  sample: Sample,
  { width, height }: { readonly width: number; readonly height: number },
  count: number,
): Sample[] {
  if (Math.floor(width / count) < 16 || Math.floor(height / count) < 16) {
    const most = Math.floor(Math.min(width, height) / 16);
    throw new InputError(
      `"${sample.id}" has ${width} × ${height} pixels: too few to cut into ${count} × ${count} tiles of at least 16 × 16. ${most >= 2 ? `At most: tiles: ${most}.` : "Leave tiles out."}`,
    );
  }
  const edge = (side: number, index: number) => Math.floor((side * index) / count);
  const { mask } = sample;
  return Array.from({ length: count ** 2 }, (_, index): Sample => {
    const [row, column] = [Math.floor(index / count), index % count];
    const [x, y] = [edge(width, column), edge(height, row)];
    const part = { x, y, width: edge(width, column + 1) - x, height: edge(height, row + 1) - y };
    return {
      id: `${sample.id}-row-${row + 1}-column-${column + 1}`,
      group: sample.group ?? `${sample.id}-column-${column + 1}`,
      image: async () => cutImage(await sample.image(), part),
      ...(mask && { mask: async () => cutMap(await mask(), part) }),
    };
  });
}

function cutImage(image: Raster, part: Part): Raster {
  const { width, height } = part;
  return { width, height, channels: image.channels, data: cut(image.data, image.width, image.channels, part) };
}

/** With all that a map says of its pixels. */
function cutMap(map: ProbabilityMap, part: Part): ProbabilityMap {
  const { width, height } = part;
  return {
    ...map,
    width,
    height,
    data: cut(map.data, map.width, 1, part),
    ...(map.ignored && { ignored: cut(map.ignored, map.width, 1, part) }),
    ...(map.instances && { instances: cut(map.instances, map.width, 1, part) }),
  };
}

function cut<Data extends Raster["data"] | Uint32Array>(
  data: Data,
  stride: number,
  channels: number,
  { x, y, width, height }: Part,
): Data {
  const out = data.slice(0, width * height * channels) as Data; // of the same type, and overwritten
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * stride + x) * channels;
    out.set(data.subarray(from, from + width * channels), row * width * channels);
  }
  return out;
}
