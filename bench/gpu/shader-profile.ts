import * as tf from "@tensorflow/tfjs-core";

/** All runs of the shaders of one name. */
export interface ShaderTime {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Of the time of all shaders. */
  readonly share: number;
  /** Of the tensors bound to them, each counted once for each run: the least that can have moved. */
  readonly bytes: number;
}

/** What is used of tfjs 4.22's WebGPU backend while somebody measures. */
interface Timed extends tf.KernelBackend {
  readonly activeTimers: readonly { readonly name: string; readonly query: Promise<number> }[];
  readonly supportTimestampQuery: boolean;
  readonly device: { createBindGroup(descriptor: Bindings): object };
}

interface Bindings {
  readonly entries: readonly { readonly resource: { readonly buffer: { size: number }; readonly size?: number } }[];
}

/** The time that each shader takes on the GPU, by timestamp queries, of one run; the longest first. */
export async function shaderProfile(run: () => void): Promise<ShaderTime[]> {
  const backend = tf.backend() as Timed;
  if (!backend.supportTimestampQuery) throw new Error("The device has no timestamp queries.");
  const bytes: number[] = []; // tfjs and our kernels alike make one group of bindings for each run of a shader
  const { device } = backend;
  const createBindGroup = device.createBindGroup.bind(device);
  Object.defineProperty(device, "createBindGroup", {
    value: (descriptor: Bindings) => {
      bytes.push(descriptor.entries.reduce((sum, { resource }) => sum + (resource.size ?? resource.buffer.size), 0));
      return createBindGroup(descriptor);
    },
    configurable: true,
  });
  let timers: Timed["activeTimers"] = [];
  try {
    await backend.time(() => {
      run();
      timers = [...backend.activeTimers];
    });
  } finally {
    Reflect.deleteProperty(device, "createBindGroup"); // the prototype's is seen again
  }
  if (timers.length !== bytes.length) {
    throw new Error(`${timers.length} shaders were timed, but ${bytes.length} had tensors bound to them.`);
  }
  const byName = new Map<string, { calls: number; milliseconds: number; bytes: number }>();
  for (const [i, { name, query }] of timers.entries()) {
    const sum = byName.get(name) ?? { calls: 0, milliseconds: 0, bytes: 0 };
    sum.calls++;
    sum.milliseconds += await query;
    sum.bytes += bytes[i] as number; // as many as timers
    byName.set(name, sum);
  }
  const total = [...byName.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [...byName]
    .map(([name, sum]) => ({ name, ...sum, share: total > 0 ? sum.milliseconds / total : 0 }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
