import { type Jobs, jobsOn } from "./binaries/jobs.js";
import type { Heap } from "./heap.js";
import { startThreads, type ThreadPool } from "./thread-pool.js";
import { decodeBase64, type Memory, webAssembly } from "./web-assembly.js";

/** Our kernels, compiled from assembly/ and put over the memory of tfjs's wasm backend. */
export interface Compiled {
  /** "relaxed SIMD" (with a fused multiply-add) or "SIMD". */
  readonly variant: "SIMD" | "relaxed SIMD";
  /** How many parts of a job run at once. */
  readonly threads: number;
  /** The kernels, by the names that they have in assembly/. For one that does not fall into parts no other thread is woken. */
  readonly jobs: Jobs;
  /** Ends the threads. */
  end(): void;
  /** Memory for a job's intermediate values, undefined at first; the next call may give the same place. */
  scratch(bytes: number): number;
}

interface Exports {
  run(job: number, args: number, parts: number): void;
  /** In the binaries for shared memory. */
  share?(control: number, job: number, args: number, parts: number): void;
}

/** The largest number of arguments of a job: scripts/build-kernels.mjs refuses more. */
const argumentCount = 32;

/** Bytes of the block in which threads meet: assembly/threads.ts. */
const controlBytes = 64;

export interface CompileOptions {
  /** Threads for one job. More than one need shared memory. */
  readonly threads: number;
  /** Whether to use relaxed SIMD where the machine has it. */
  readonly relaxed: boolean;
}

/**
 * Compiles the best variant that this machine runs. Undefined where WebAssembly has no SIMD here: then the composed
 * kernels serve.
 */
export async function compile(heap: Heap, options: CompileOptions): Promise<Compiled | undefined> {
  if (!webAssembly.validate(probe(...simdProbe))) return undefined;
  const relaxed = options.relaxed && hasRelaxedSimd();
  const bytes = decode(await load(relaxed, isShared(heap.memory)));
  const { instance } = await webAssembly.instantiate(bytes, { env: { memory: heap.memory } });
  // What a module exports is unknown to the compiler of TypeScript; assembly/index.ts and index-threads.ts tell.
  const { run, share } = instance.exports as unknown as Exports;
  const { threads } = options;
  const { args, control } = blocksIn(heap, threads);
  let view = new Float64Array(heap.memory.buffer, args, argumentCount);
  const pass = (given: readonly number[]): void => {
    if (view.buffer !== heap.memory.buffer) view = new Float64Array(heap.memory.buffer, args, argumentCount);
    view.set(given);
  };
  let pool: ThreadPool | undefined;
  let start = (job: number): void => run(job, args, 1);
  if (threads > 1) {
    if (!share) throw new Error("threads need shared memory");
    new Uint8Array(heap.memory.buffer, control, controlBytes).fill(0);
    pool = await startThreads(threads - 1, bytes, heap.memory, control);
    start = (job) => share(control, job, args, threads);
  }
  return {
    variant: relaxed ? "relaxed SIMD" : "SIMD",
    threads,
    jobs: jobsOn(
      (job, given) => {
        pass(given);
        start(job);
      },
      (job, given) => {
        pass(given);
        run(job, args, 1);
      },
    ),
    scratch: scratchOf(heap),
    end: () => pool?.end(),
  };
}

/** The same kernels over other memory, of which they take as much, but where they compute nothing. */
export function silent({ variant, threads }: Compiled, heap: Heap): Compiled {
  const nothing = () => {};
  blocksIn(heap, threads);
  return { variant, threads, jobs: jobsOn(nothing, nothing), scratch: scratchOf(heap), end: nothing };
}

/** Where a job's arguments are passed, and where threads meet if there are several. */
function blocksIn(heap: Heap, threads: number): { readonly args: number; readonly control: number } {
  return { args: heap.take(8 * argumentCount), control: threads > 1 ? heap.take(controlBytes) : 0 };
}

/** One place for all jobs, one after the other, which grows as they need it. */
function scratchOf(heap: Heap): Compiled["scratch"] {
  let scratch = { address: 0, bytes: 0 };
  return (bytes) => {
    if (bytes > scratch.bytes) {
      if (scratch.bytes > 0) heap.give(scratch.address);
      scratch = { address: 0, bytes: 0 };
      scratch = { address: heap.take(bytes), bytes };
    }
    return scratch.address;
  };
}

/** Whether relaxed SIMD and shared memory are in a binary's type. */
async function load(relaxed: boolean, shared: boolean): Promise<string> {
  const binaries = {
    simd: () => import("./binaries/simd.js"),
    relaxed: () => import("./binaries/relaxed.js"),
    "simd-threads": () => import("./binaries/simd-threads.js"),
    "relaxed-threads": () => import("./binaries/relaxed-threads.js"),
  };
  const { default: bytes } = await binaries[`${relaxed ? "relaxed" : "simd"}${shared ? "-threads" : ""}` as const]();
  return bytes;
}

/** Whether workers can see the memory, as in tfjs's build with threads. */
export function isShared({ buffer }: Memory): boolean {
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(decodeBase64(base64), (character) => character.charCodeAt(0));
}

/** `(func (drop (<instruction> (v128.const 0) …)))` as a module. */
function probe(operands: number, ...opcode: readonly number[]): Uint8Array<ArrayBuffer> {
  const zero = [0xfd, 0x0c, ...Array<number>(16).fill(0)];
  const code = [...Array<number[]>(operands).fill(zero).flat(), 0xfd, ...opcode, 0x1a, 0x0b];
  const body = [0, ...code];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...[10, body.length + 2, 1, body.length, ...body],
  );
}

const simdProbe = [2, 0xe4, 0x01] as const; // f32x4.add
const relaxedProbe = [3, 0x85, 0x02] as const; // f32x4.relaxed_madd

/** Node 20 has relaxed SIMD behind a flag, which may be raised before the first module that uses it is compiled. */
function hasRelaxedSimd(): boolean {
  const bytes = probe(...relaxedProbe);
  if (webAssembly.validate(bytes)) return true;
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: "v8"): { setFlagsFromString(flag: string): void } };
  };
  const v8 = process?.getBuiltinModule?.("v8");
  v8?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  return webAssembly.validate(bytes);
}
