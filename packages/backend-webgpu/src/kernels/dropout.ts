import { attributesOf, type Dropout, dropoutName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { literal, storage, widthOf } from "./wgsl.js";

/** Dropout with random numbers made where they are needed: hashes of seed and place. */
export const dropout: GpuKernel = (compute) => ({
  kernelName: dropoutName,
  kernelFunc({ inputs, attrs }) {
    const { x } = inputs as { x: TensorInfo };
    const { rate, seed, noiseShape } = attributesOf<Dropout>(attrs);
    if (util.sizeFromShape(x.shape) === 0) return compute.share(x);
    const y = compute.output(x.shape);
    // Halves of the seed: single precision holds whole numbers up to 2^24.
    compute.run(shaderOf(x.shape, noiseShape, rate), [x, y], [seed % 2 ** 16, Math.floor(seed / 2 ** 16)]);
    return y;
  },
});

function shaderOf(shape: readonly number[], noiseShape: readonly number[], rate: number): Shader {
  const size = util.sizeFromShape([...shape]);
  const alike = shape.every((side, axis) => side === noiseShape[axis]);
  const width = alike || noiseShape.at(-1) === shape.at(-1) ? widthOf(alike ? size : (shape.at(-1) as number)) : 1;
  const place = alike ? "i" : placeInNoise(shape, noiseShape, width);
  const lanes = Array.from({ length: width }, (_, lane) => `hash(first + ${lane}u)`);
  return threadForEach(
    "dropout",
    size / width,
    width,
    `${storage({ x: "V" }, { y: "V" })}
@group(0) @binding(2) var<uniform> seed: array<vec4<f32>, 1>;

/** Two rounds of Wellons's triple shifts and products (https://nullprogram.com/blog/2018/07/31/). */
fn mix(given: u32) -> u32 {
  var bits = given;
  bits = (bits ^ (bits >> 16u)) * 0x21f0aaadu;
  bits = (bits ^ (bits >> 15u)) * 0xd35a2d97u;
  return bits ^ (bits >> 15u);
}

fn hash(place: u32) -> u32 {
  let number = u32(seed[0].x) + (u32(seed[0].y) << 16u);
  return mix(mix(place + mix(number)) ^ (number * 0x9e3779b9u));
}`,
    `let first = (${place}) * ${width}u;
  let bits = U(${lanes.join(", ")});
  y[i] = select(V(0), x[i] * ${literal(1 / (1 - rate))}, bits >= U(${Math.round(rate * 2 ** 32)}u));`,
  );
}

/** WGSL: the place among the random numbers of vector `i` of x. */
function placeInNoise(shape: readonly number[], noiseShape: readonly number[], width: number): string {
  const terms: string[] = [];
  let [divisor, stride] = [1, 1];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const last = axis === shape.length - 1;
    const side = (shape[axis] as number) / (last ? width : 1);
    const noiseSide = (noiseShape[axis] as number) / (last ? width : 1);
    if (noiseSide > 1) terms.push(`i / ${divisor}u % ${side}u * ${stride}u`);
    divisor *= side;
    stride *= noiseSide;
  }
  return terms.join(" + ") || "0u";
}
