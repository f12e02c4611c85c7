import { InputError } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { predictZeros, rehearsed } from "../rehearsal.js";
import { geometryOf } from "./model-geometry.js";
import { type ImageSize, largestTile } from "./predict-image.js";
import type { TileOptions } from "./tile-plan.js";

/** Tiles that should take less than this share of the memory are not rehearsed: no estimate is so wrong. */
const small = 1 / 4;

/** How often a smaller size of tiles is tried. */
const most = 4;

/**
 * The memory to plan tiles with, so that tensors take no more than `memory` on a device, the model's weights included. Tiles are
 * planned by an estimate from the layers alone, which leaves out what kernels need beside tensors and how the memory of a device
 * grows; where the device can rehearse, this is found out. Elsewhere, and where the side of tiles is given or none would be small
 * enough, it is `memory` itself.
 */
export async function memoryToPlanWith(
  device: Pick<Device, "rehearse" | "prepare">,
  model: LayersModel,
  sizes: readonly ImageSize[],
  { memory, ...options }: TileOptions & { readonly stride?: number },
): Promise<number> {
  if (!device.rehearse || sizes.length === 0 || options.tile !== null) return memory;
  const { bytesPerPixel } = geometryOf(model);
  let planned = memory;
  for (let round = 0; round < most; round++) {
    let tile: ReturnType<typeof largestTile>;
    try {
      tile = largestTile(model, sizes, { ...options, memory: planned });
    } catch (error) {
      if (error instanceof InputError) return memory; // no tile is so small: whoever plans says it, or makes do
      throw error;
    }
    if (tile.width * tile.height * bytesPerPixel < small * memory) return planned;
    const held = await heldFor(device, model, tile);
    if (held === undefined || held <= memory) return planned;
    planned *= held === Number.POSITIVE_INFINITY ? 0.5 : Math.min(0.9, (0.95 * memory) / held);
  }
  return planned;
}

/** Bytes that a device holds at most while it predicts a tile, and another; as by {@link rehearsed}. */
function heldFor(
  device: Pick<Device, "rehearse" | "prepare">,
  model: LayersModel,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<number | undefined> {
  const { channels } = geometryOf(model);
  return rehearsed(device, () => {
    const copy = device.prepare(copyOf(model));
    for (let tile = 0; tile < 2; tile++) predictZeros(copy, width, height, channels);
    copy.dispose();
  });
}

/** The same layers with weights of zero, on the backend that is current. */
function copyOf(model: LayersModel): LayersModel {
  const { constructor: kind } = model as { constructor: unknown } as { constructor: typeof LayersModel };
  const asZeros = true;
  return kind.fromConfig(kind, model.getConfig(), {}, asZeros) as LayersModel;
}
