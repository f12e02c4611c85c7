import { type DataId, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compute, Shader } from "../compute.js";
import type { Half } from "./half.js";

const threads = 256;

/**
 * Scales for gradients that are to be rounded to float16, whose smallest normal number is 6·10⁻⁵: a mean over pixels has
 * gradients below it. Each gradient gets a power of two of its own, which brings its largest element to between 2¹⁴ and 2¹⁵
 * (float16 ends below 2¹⁶), and which the product with it loses again without rounding. It is found on the GPU from the
 * gradient itself. So no step is ever skipped, and no state has to be saved for a resumed training, as with the one scale
 * for a whole loss of Micikevicius et al. (2018), Mixed Precision Training, arXiv:1710.03740. A gradient of zeros, or with an
 * element that is infinite or NaN, is left as it is.
 */
export function gradientScales(compute: Compute): Half["scaleOf"] {
  const shaders = new Map<string, Shader>(); // written once, not in every step
  const largestOf = (count: number, blocks: number): Shader => {
    const key = `${count} ${blocks}`;
    const shader = shaders.get(key) ?? largest(count, blocks);
    shaders.set(key, shader);
    return shader;
  };
  let scale: TensorInfo | undefined;
  let latest: DataId | undefined;
  return (gradient) => {
    scale ??= compute.output([2]); // for as long as the device: work is done in order, so nobody reads a later scale
    // The two gradients of a convolution ask for the scale of the same one.
    if (gradient.dataId === latest) return scale;
    latest = compute.isRehearsing ? undefined : gradient.dataId;
    const count = util.sizeFromShape(gradient.shape);
    const blocks = Math.min(1024, Math.ceil(count / (16 * threads)));
    if (blocks === 1) {
      compute.run(largestOf(count, 1), [gradient, scale]);
      return scale;
    }
    const partials = compute.output([blocks]);
    compute.run(largestOf(count, blocks), [gradient, partials]);
    compute.run(largestOf(blocks, 1), [partials, scale]);
    compute.release(partials);
    return scale;
  };
}

/** Finds the largest magnitude of each block; of a single one it makes the scale. */
function largest(count: number, blocks: number): Shader {
  const type = count % 4 === 0 ? "vec4<u32>" : "u32";
  const vectors = count % 4 === 0 ? count / 4 : count;
  const ofFour = "max(max(most.x, most.y), max(most.z, most.w))";
  return {
    name: "largest of a gradient",
    // As whole numbers, magnitudes have the order of their bits, and NaN is the largest.
    code: `
@group(0) @binding(0) var<storage, read> values: array<${type}>;
@group(0) @binding(1) var<storage, read_write> result: array<u32>;
var<workgroup> found: array<u32, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  var most = ${type}();
  for (var i = group.x * ${threads}u + thread; i < ${vectors}u; i += ${blocks * threads}u) {
    most = max(most, values[i] & ${type}(0x7fffffffu));
  }
  found[thread] = ${type === "u32" ? "most" : ofFour};
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (thread < half) { found[thread] = max(found[thread], found[thread + half]); }
    workgroupBarrier();
  }
  if (thread == 0u) {
    ${blocks > 1 ? "result[group.x] = found[0];" : writeScale}
  }
}`,
    workgroups: [blocks],
  };
}

/** Of a number whose exponent is e, both 2^(14 - e) and its inverse are normal numbers unless e is below -112. */
const writeScale = `let exponent = i32(found[0] >> 23u) - 127;
    let power = select(clamp(14 - exponent, -126, 126), 0, found[0] == 0u || exponent == 128);
    result[0] = u32(127 + power) << 23u;
    result[1] = u32(127 - power) << 23u;`;
