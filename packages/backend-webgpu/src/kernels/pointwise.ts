import { gridOf, type Shader } from "../compute.js";
import { storage, vectors, type Width, widthOf } from "./wgsl.js";

interface Pointwise {
  readonly name: string;
  /** Elements of each buffer. */
  readonly size: number;
  /** Names of the buffers, of type V, in which `each` finds its elements at `i`. */
  readonly read: readonly string[];
  /** Those that it writes, and may read as well. */
  readonly write: readonly string[];
  readonly declarations?: string;
  readonly each: string;
}

/** A shader that treats all elements alike, in fours where they can be cut so. */
export function pointwise({ name, size, read, write, declarations = "", each }: Pointwise): Shader {
  const ofType = (names: readonly string[]) => Object.fromEntries(names.map((buffer) => [buffer, "V"]));
  const width = widthOf(size);
  return threadForEach(name, size / width, width, `${storage(ofType(read), ofType(write))}\n${declarations}`, each);
}

/** A shader with a thread for each `i` below `count`. */
export function threadForEach(name: string, count: number, width: Width, declarations: string, each: string): Shader {
  const threads = 128;
  const [x, y] = gridOf(Math.ceil(count / threads));
  const code = `
${vectors(width)}
${declarations}

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ${x * threads}u + id.x;
  if (i >= ${count}u) { return; }
  ${each}
}`;
  return { name, code, workgroups: [x, y] };
}
