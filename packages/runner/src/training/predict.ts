import type { Raster } from "@em-stellar/core";
import type { Normalization } from "@em-stellar/data";
import { cropBack, padReflect } from "@em-stellar/data";
import { type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** The object probabilities of a whole image of any size: padded by reflection to multiples of the stride, and cropped back. */
export async function predictImage(
  model: LayersModel,
  stride: number,
  image: Raster,
  normalization: Normalization,
): Promise<Float32Array> {
  const padded = padReflect(image, normalization, stride);
  const input = tensor4d(padded.data, [1, padded.height, padded.width, image.channels]);
  const output = model.predict(input) as Tensor4D; // one output, as the contract of a network says
  input.dispose();
  const probabilities = (await output.data()) as Float32Array; // tensors of dtype float32 come as such
  output.dispose();
  return cropBack(probabilities, padded, image);
}
