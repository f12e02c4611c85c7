import { InputError } from "@em-stellar/core";
import { type Device, DeviceError } from "@em-stellar/core/training";
import { dispose, type Tensor4D, zeros } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
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
 * grows; where the device can rehearse, this is found out. Elsewhere, and where
 * the side of tiles is given or none would be small enough, it is `memory` itself.
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
    const held = await heldFor(device, model, tile, sizes);
    if (held === undefined || held <= memory) return planned;
    planned *= held === Number.POSITIVE_INFINITY ? 0.5 : Math.min(0.9, (0.95 * memory) / held);
  }
  return planned;
}

/** Bytes that a device holds at most while it predicts a tile, and another; undefined where it cannot tell. */
async function heldFor(
  { rehearse, prepare }: Pick<Device, "rehearse" | "prepare">,
  model: LayersModel,
  { width, height }: { readonly width: number; readonly height: number },
  [size]: readonly ImageSize[],
): Promise<number | undefined> {
  const shape = [1, height, width, size?.channels ?? 1];
  try {
    return await rehearse?.(() => {
      const copy = prepare(copyOf(model));
      for (let tile = 0; tile < 2; tile++) {
        const image = zeros(shape);
        const prediction = copy.predict(image) as Tensor4D; // geometryOf made sure that there is one
        dispose([image, prediction]);
      }
      copy.dispose();
    });
  } catch (error) {
    return error instanceof DeviceError ? Number.POSITIVE_INFINITY : undefined; // a layer that wants values, say
  }
}

/** The same layers with weights of zero, on the backend that is current. */
function copyOf(model: LayersModel): LayersModel {
  const { constructor: kind } = model as { constructor: unknown } as { constructor: typeof LayersModel };
  const asZeros = true;
  return kind.fromConfig(kind, model.getConfig(), {}, asZeros) as LayersModel;
}
