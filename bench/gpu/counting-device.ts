import * as tf from "@tensorflow/tfjs-core";

/** What a stretch of work asks of a device. */
export interface Counts {
  dispatches: number;
  /** Of the buffers bound to the dispatches, each once for each dispatch, without uniforms: the least that they can move. */
  bytes: number;
  /** Groups of bindings; each costs the processor some microseconds. */
  bindGroups: number;
  pipelines: number;
  submissions: number;
  /** Buffers that were made and not found among those of tensors that are gone. */
  newBuffers: number;
  /** Uniforms written. */
  uniforms: number;
}

interface Buffer {
  readonly size: number;
  readonly usage: number;
}

/** What is used of tfjs 4.22's WebGPU backend. */
interface Internals extends tf.KernelBackend {
  readonly device: object;
  readonly queue: object;
  commandEncoder: object | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

const uniformUsage = 64; // GPUBufferUsage.UNIFORM

/**
 * Lets the current backend's device only count what it is asked for, from now on: nothing is allocated, compiled or computed, so
 * that a software adapter counts networks of any size, and counts as a GPU with the same limits would. Nothing can be read any
 * more. Returns the counts, which go on.
 */
export function countOnly(): Counts {
  const backend = tf.backend() as Internals;
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  const counts = noCounts();
  const pipeline = () => {
    counts.pipelines++;
    return { getBindGroupLayout: () => ({}) };
  };
  const pass = () => {
    let bytes = 0;
    return {
      setPipeline() {},
      setBindGroup(_index: number, group: { bytes: number }) {
        ({ bytes } = group);
      },
      dispatchWorkgroups() {
        counts.dispatches++;
        counts.bytes += bytes;
      },
      end() {},
    };
  };
  const replace = (of: object, functions: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(functions))
      Object.defineProperty(of, name, { value, configurable: true, writable: true });
  };
  replace(backend.device, {
    createBuffer({ size, usage, mappedAtCreation }: Buffer & { mappedAtCreation?: boolean }) {
      counts.newBuffers++;
      const members = {
        ...{ size, usage, mapState: mappedAtCreation ? "mapped" : "unmapped" },
        getMappedRange: () => new ArrayBuffer(size),
        unmap() {},
        destroy() {},
      };
      const buffer: object = Object.create(GPUBuffer.prototype); // tfjs asks for its class
      replace(buffer, members);
      return buffer;
    },
    createShaderModule: () => ({}),
    createComputePipeline: pipeline,
    createComputePipelineAsync: async () => pipeline(),
    createBindGroup({ entries }: { entries: readonly { resource: { buffer: Buffer } }[] }) {
      counts.bindGroups++;
      let bytes = 0;
      for (const { resource } of entries) {
        const { size, usage } = resource.buffer;
        if ((usage & uniformUsage) === 0) bytes += size;
      }
      return { bytes };
    },
    createCommandEncoder: () => ({ beginComputePass: pass, copyBufferToBuffer() {}, finish: () => ({}) }),
  });
  replace(backend.queue, {
    submit() {
      counts.submissions++;
    },
    writeBuffer() {
      counts.uniforms++;
    },
  });
  return counts;
}

declare const GPUBuffer: { readonly prototype: object };

function noCounts(): Counts {
  return { dispatches: 0, bytes: 0, bindGroups: 0, pipelines: 0, submissions: 0, newBuffers: 0, uniforms: 0 };
}
