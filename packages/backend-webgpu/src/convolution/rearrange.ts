import { gridOf, type Shader } from "../compute.js";

/**
 * Exchanges the last two sides of [taps, rows, columns], through workgroup memory so that both sides are read and written in
 * order. Buffers: source, result. `value`: WGSL of what is taken for the element `place` of `tap`, if not itself.
 */
export function exchange(taps: number, rows: number, columns: number, value?: string): Shader {
  const side = 16;
  const [down, across] = [Math.ceil(rows / side), Math.ceil(columns / side)];
  return {
    name: "exchange of a filter's channels",
    code: `
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
var<workgroup> tile: array<f32, ${side * (side + 1)}>; // a column more than it holds, so that its columns lie in different banks
@compute @workgroup_size(${side}, ${side})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) at: vec3<u32>) {
  let tap = group.z;
  let start = tap * ${rows * columns}u;
  let row = group.y * ${side}u + at.y;
  let column = group.x * ${side}u + at.x;
  let place = row * ${columns}u + column;
  if (row < ${rows}u && column < ${columns}u) { tile[at.y * ${side + 1}u + at.x] = ${value ?? "source[start + place]"}; }
  workgroupBarrier();
  let newRow = group.x * ${side}u + at.y;
  let newColumn = group.y * ${side}u + at.x;
  if (newRow < ${columns}u && newColumn < ${rows}u) { result[start + newRow * ${rows}u + newColumn] = tile[at.x * ${side + 1}u + at.y]; }
}`,
    workgroups: [across, down, taps],
  };
}

/** Sums of `parts` arrays of `size` elements. Buffers: source [parts, size], result [size]. */
export function sumOfParts(parts: number, size: number): Shader {
  const type = size % 4 === 0 ? "vec4<f32>" : "f32";
  const count = size % 4 === 0 ? size / 4 : size;
  const lanes = parts < 16 ? 1 : 16; // threads that share the parts of an element
  const elements = 64 / lanes;
  const [x, y] = gridOf(Math.ceil(count / elements));
  return {
    name: "sum of parts",
    code: `
@group(0) @binding(0) var<storage, read> source: array<${type}>;
@group(0) @binding(1) var<storage, read_write> result: array<${type}>;
var<workgroup> sums: array<${type}, 64>;
@compute @workgroup_size(${elements}, ${lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) at: vec3<u32>) {
  let i = (group.y * ${x}u + group.x) * ${elements}u + at.x;
  var sum = ${type}();
  if (i < ${count}u) {
    for (var part = at.y; part < ${parts}u; part += ${lanes}u) { sum += source[part * ${count}u + i]; }
  }
  sums[at.y * ${elements}u + at.x] = sum;
  workgroupBarrier();
  if (at.y == 0u && i < ${count}u) {
    for (var lane = 1u; lane < ${lanes}u; lane++) { sum += sums[lane * ${elements}u + at.x]; }
    result[i] = sum;
  }
}`,
    workgroups: [x, y],
  };
}
