import { EmStellarError } from "@em-stellar/core";
import { type DataType, env, type KernelBackend, type TensorInfo, version_core } from "@tensorflow/tfjs-core";
import type { GpuBindGroup, GpuBuffer, GpuComputePass, GpuDevice, GpuPipeline } from "./gpu-types.js";

/**
 * tfjs's WebGPU backend as our kernels see it: shaders of our own among its own. Everything that leans on tfjs internals
 * stands in this file; {@link openCompute} tries it out before any kernel relies on it.
 */
export interface Compute {
  /** Features of the device that shaders may use, such as `subgroups`. */
  readonly features: ReadonlySet<string>;
  /** Limits of the device, by the names of the standard. */
  readonly limits: Readonly<Record<string, number>>;
  /** A tensor with undefined values, for a shader to fill. */
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** Gives up one reference to a tensor, such as an intermediate one, once the shaders that use it are under way. */
  release(tensor: TensorInfo): void;
  /** The same values under another shape: no copy, one more reference. Safe because shaders never write to their inputs. */
  share(tensor: TensorInfo, shape?: readonly number[]): TensorInfo;
  /** A tensor to write in place of another: the same one, shared, where nothing else holds its values, else a copy. */
  replacing(tensor: TensorInfo): TensorInfo;
  /** The shader of that name, written once: they are long texts, which would take the processor longer in every step than to queue them. */
  written(name: string, write: () => Shader): Shader;
  /**
   * Queues a shader. `buffers` are bound in order, from `@group(0) @binding(0)` on; where there are `numbers`, a uniform
   * `array<vec4<f32>, …>` with them follows, for what changes from step to step: what does not, stands in the code, so that
   * the compiler knows it.
   */
  run(shader: Shader, buffers: readonly TensorInfo[], numbers?: readonly number[]): void;
  /** Runs `work` with its shaders, tfjs's too, only being compiled, at the same time as the program goes on: tensors have shapes and no values. */
  rehearse(work: () => void): void;
  readonly isRehearsing: boolean;
  /** Compiles shaders at the same time as the program goes on. */
  compile(shaders: readonly Shader[]): void;
  /** Compiles a shader that the driver may not take; why not, in words. */
  tryCompiling(shader: Shader): Promise<string | undefined>;
  /** Waits until everything is compiled, and says after each how many are still to come. */
  compiled(): AsyncGenerator<number>;
  /** Waits until the device has done all that was queued. */
  finished(): Promise<void>;
}

/** A WGSL program for tensors of certain shapes. */
export interface Shader {
  /** For profiles and for the errors of a driver. */
  readonly name: string;
  /** With an entry point `main`. The same code is compiled once; every binding must be used in it. */
  readonly code: string;
  readonly workgroups: readonly [x: number, y?: number, z?: number];
}

/** The members of tfjs 4.22's WebGPU backend that are used here; most are private. */
interface Internals extends KernelBackend {
  readonly device: GpuDevice;
  readonly pipelineCache: Record<string, GpuPipeline | Promise<GpuPipeline>>;
  readonly tensorMap: { get(dataId: object): { dtype: DataType; resource?: GpuBuffer | null; values?: unknown } };
  readonly supportTimestampQuery: boolean;
  readonly activeTimers: { name: string; query: Promise<number> }[] | null | undefined;
  readonly querySetCount: number;
  querySet: unknown;
  commandEncoder: { beginComputePass(descriptor: object): GpuComputePass } | null;
  computePassEncoder: GpuComputePass | null;
  dispatchCountInPass: number;
  makeTensorInfo(shape: readonly number[], dtype: DataType): TensorInfo;
  uploadToGPU(dataId: object): void;
  makeUniforms(numbers: { type: "float32"; data: readonly number[] }[]): { buffer: GpuBuffer };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  getQueryTime(): Promise<number>;
}

/** Opens a started WebGPU backend for our shaders; throws, naming the version of tfjs, where its internals are not as expected. */
export async function openCompute(backend: KernelBackend): Promise<Compute> {
  const internals = backend as unknown as Internals; // the self-test checks what is claimed here
  try {
    const compute = computeOf(internals);
    await selfTest(compute, internals);
    return compute;
  } catch (cause) {
    throw new EmStellarError(
      `The WebGPU backend of tfjs ${version_core} does not run our shaders (${cause instanceof Error ? cause.message : cause}). ` +
        "They are made for tfjs 4.22: npm install @tensorflow/tfjs-core@4.22 @tensorflow/tfjs-layers@4.22 @tensorflow/tfjs-backend-webgpu@4.22",
    );
  }
}

function computeOf(backend: Internals): Compute {
  const { device } = backend;
  const bufferOf = ({ dataId, dtype }: TensorInfo): GpuBuffer => {
    const data = backend.tensorMap.get(dataId);
    // tfjs has casts that only change a tensor's name for what it holds.
    if ((data.dtype === "float32") !== (dtype === "float32"))
      throw new Error(`A tensor of ${dtype} holds ${data.dtype}.`);
    backend.uploadToGPU(dataId);
    // Not among tfjs's commandQueueOwnedIds, which keep a buffer from others until it is submitted: shaders run in the order in
    // which they are queued, so that the next one may have it as soon as its tensor is gone.
    return data.resource as GpuBuffer;
  };
  const shaders = new Map<string, Shader>();
  const pipelines = new WeakMap<Shader, GpuPipeline>(); // of those seen before: to find a long text takes long
  const compute: Compute = {
    features: new Set(device.features),
    limits: device.limits,
    output: (shape, dtype = "float32") => backend.makeTensorInfo(shape, dtype),
    release: ({ dataId }) => void backend.disposeData(dataId),
    share(tensor, shape = tensor.shape) {
      backend.incRef(tensor.dataId);
      return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
    },
    replacing(tensor) {
      if (backend.refCount(tensor.dataId) === 1) {
        backend.uploadToGPU(tensor.dataId);
        backend.tensorMap.get(tensor.dataId).values = null; // read earlier and kept by tfjs; they will be wrong
        return compute.share(tensor);
      }
      const copy = compute.output(tensor.shape, tensor.dtype);
      compute.run(copying(tensor), [tensor, copy]);
      return copy;
    },
    written(name, write) {
      const shader = shaders.get(name) ?? write();
      shaders.set(name, shader);
      return shader;
    },
    run(shader, buffers, numbers = []) {
      const compileOnly = compute.isRehearsing;
      const pipeline = pipelines.get(shader) ?? pipelineOf(shader, compileOnly);
      const entries = buffers.map((tensor, binding) => ({ binding, resource: { buffer: bufferOf(tensor) } }));
      if (compileOnly) return;
      if (pipeline instanceof Promise) throw new Error(`The shader ${shader.name} is still being compiled.`);
      pipelines.set(shader, pipeline);
      if (numbers.length > 0) entries.push({ binding: entries.length, resource: uniforms(backend, numbers) });
      const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      dispatch(backend, shader, pipeline, group);
    },
    rehearse(work) {
      env().set(compileOnlyFlag, true);
      try {
        work();
      } finally {
        env().set(compileOnlyFlag, false);
      }
    },
    get isRehearsing() {
      return env().getBool(compileOnlyFlag);
    },
    compile(shaders) {
      for (const shader of shaders) pipelineOf(shader, true);
    },
    async tryCompiling(shader) {
      device.pushErrorScope("validation"); // else it is an error of whatever runs next
      const made = Promise.resolve(pipelineOf(shader, true)).then(
        (pipeline) => ({ pipeline }),
        (cause: Error) => ({ message: cause.message }),
      );
      const refusal = await device.popErrorScope();
      const result = refusal ?? (await made);
      if ("pipeline" in result) {
        backend.pipelineCache[shader.code] = result.pipeline;
        return undefined;
      }
      delete backend.pipelineCache[shader.code];
      return result.message.split("\n")[0];
    },
    async *compiled() {
      const cache = backend.pipelineCache;
      const waiting = Object.entries(cache).filter(([, pipeline]) => pipeline instanceof Promise);
      for (const [i, [code, pipeline]] of waiting.entries()) {
        yield waiting.length - i;
        cache[code] = await pipeline;
      }
    },
    async finished() {
      if (backend.commandEncoder) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
      await device.queue.onSubmittedWorkDone();
    },
  };
  const pipelineOf = (shader: Shader, later: boolean) => {
    const pipeline = backend.pipelineCache[shader.code] ?? compile(device, shader, later);
    backend.pipelineCache[shader.code] = pipeline;
    return pipeline;
  };
  return compute;
}

const compileOnlyFlag = "WEBGPU_ENGINE_COMPILE_ONLY";

function compile(device: GpuDevice, { name, code }: Shader, later: boolean): GpuPipeline | Promise<GpuPipeline> {
  const module = device.createShaderModule({ label: name, code });
  const descriptor = { label: name, layout: "auto" as const, compute: { module, entryPoint: "main" } };
  return later ? device.createComputePipelineAsync(descriptor) : device.createComputePipeline(descriptor);
}

function uniforms(backend: Internals, numbers: readonly number[]): { buffer: GpuBuffer } {
  const vectors = Math.ceil(numbers.length / 4);
  const data = Array.from({ length: vectors }, (_, i) => [0, 1, 2, 3].map((j) => numbers[4 * i + j] ?? 0));
  return { buffer: backend.makeUniforms(data.map((each) => ({ type: "float32", data: each }))).buffer };
}

/** As tfjs does it: several shaders to a pass and a submission, or, while somebody measures, a pass with timestamps for each. */
function dispatch(backend: Internals, { name, workgroups }: Shader, pipeline: GpuPipeline, group: GpuBindGroup): void {
  const timers = backend.activeTimers;
  backend.ensureCommandEncoderReady();
  if (timers) backend.endComputePassEncoder();
  if (timers && backend.supportTimestampQuery) {
    backend.querySet ??= backend.device.createQuerySet({ type: "timestamp", count: backend.querySetCount });
  }
  backend.computePassEncoder ??= (backend.commandEncoder as NonNullable<Internals["commandEncoder"]>).beginComputePass(
    timers && backend.supportTimestampQuery
      ? {
          timestampWrites: {
            querySet: backend.querySet,
            beginningOfPassWriteIndex: 0,
            endOfPassWriteIndex: 1,
          },
        }
      : {},
  );
  const pass = backend.computePassEncoder;
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...workgroups);
  backend.dispatchCountInPass++;
  if (timers) {
    backend.endComputePassEncoder();
    timers.push({ name, query: backend.getQueryTime() });
  } else if (backend.dispatchCountInPass >= env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

function copying({ shape, dtype }: TensorInfo): Shader {
  const size = shape.reduce((product, side) => product * side, 1);
  const type = dtype === "float32" ? "f32" : "i32";
  const [x, y] = gridOf(Math.ceil(size / 64));
  return {
    name: "copy",
    code: `
@group(0) @binding(0) var<storage, read> source: array<${type}>;
@group(0) @binding(1) var<storage, read_write> result: array<${type}>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ${64 * x}u + id.x;
  if (i < ${size}u) { result[i] = source[i]; }
}`,
    workgroups: [x, y],
  };
}

/** So many workgroups as a grid: the standard permits 65535 to a side. */
export function gridOf(workgroups: number): [x: number, y: number] {
  const y = Math.ceil(workgroups / 65535);
  return [Math.ceil(workgroups / y), y];
}

/** Doubles values and adds a number from a uniform, in a place that was read before and then in another, seen through a second reference. */
async function selfTest(compute: Compute, backend: Internals): Promise<void> {
  const given = {
    dataId: backend.write(Float32Array.of(1, 2, 3, 4, 5), [5], "float32"),
    shape: [5],
    dtype: "float32" as const,
  };
  const shader: Shader = {
    name: "self-test",
    code: `
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
@group(0) @binding(1) var<uniform> numbers: array<vec4<f32>, 2>;
@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < 5u) { values[id.x] = 2.0 * values[id.x] + numbers[1].y; }
}`,
    workgroups: [1],
  };
  const read = async ({ dataId }: TensorInfo) => [...((await backend.read(dataId)) as Float32Array)].join(" ");
  const sameAs = (seen: string, expected: string) => {
    if (seen !== expected) throw new Error(`a shader gave ${seen} instead of ${expected}`);
  };
  const once = compute.replacing(given);
  sameAs(await read(once), "1 2 3 4 5");
  const again = compute.replacing(once); // which `given` holds too, so this is a copy
  compute.run(shader, [again], [0, 0, 0, 0, 9, 7]);
  sameAs(await read(once), "1 2 3 4 5");
  sameAs(await read(again), "9 11 13 15 17");
  const shared = compute.share(again, [1, 5]);
  compute.release(again);
  const alone = compute.replacing(shared);
  compute.release(shared);
  compute.run(shader, [alone], [0, 0, 0, 0, 0, 1]);
  sameAs(await read(alone), "19 23 27 31 35");
  for (const tensor of [given, once, alone]) compute.release(tensor);
}
