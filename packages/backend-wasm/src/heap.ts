import { EmStellarError } from "@em-stellar/core";
import { DeviceError } from "@em-stellar/core/training";
import { type DataType, type KernelBackend, type TensorInfo, version_core } from "@tensorflow/tfjs-core";
import type { Memory } from "./web-assembly.js";

/**
 * The memory of tfjs's wasm backend, as our kernels see it. Everything that leans on tfjs internals stands in this file;
 * {@link openHeap} tries it out before any kernel relies on it.
 *
 * A view of memory lives until the next allocation: memory that grows gets a new buffer, and old views become empty.
 * So allocate first, then look.
 */
export interface Heap {
  /** A tensor with undefined values, for a kernel to fill and return. */
  allocate(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** Gives up one reference to a tensor. */
  release(tensor: TensorInfo): void;
  /** The same values under another tensor: no copy, one more reference. Safe because kernels never write to their inputs. */
  share(tensor: TensorInfo): TensorInfo;
  /**
   * A tensor to take the place of another: the same one, shared, where nothing else holds its values, else a new one of its
   * shape. What is written there must be told of by {@link Heap.forgetPacked}.
   */
  replacing(tensor: TensorInfo): TensorInfo;
  /** Has XNNPACK forget what it packed of a filter, which it keeps by the tensor's number, because the values changed. */
  forgetPacked(tensor: TensorInfo): void;
  floats(tensor: TensorInfo): Float32Array;
  /** A float tensor's bits, to be moved only. */
  words(tensor: TensorInfo): Int32Array;
  /** `rows` × `inner` floats of `a`, from its element `start` on, times `b` as `inner` × `columns`, into `out` from element `outStart` on. */
  multiply(product: MatrixProduct): void;
  /** Forward convolution with explicit zero padding and stride 1, by XNNPACK. */
  convolve(x: TensorInfo, filter: TensorInfo, padding: Padding, out: TensorInfo): void;
  /** Where a tensor's values begin, for compiled kernels. Memory does not move when it grows. */
  address(tensor: TensorInfo): number;
  /** The memory itself, for a module of our own. */
  readonly memory: Memory;
  /** Takes memory outside of any tensor; throws where there is none left. */
  take(bytes: number): number;
  /** Gives back what {@link take} took. */
  give(address: number): void;
  /** Size of the memory in bytes. It never shrinks. */
  size(): number;
}

export interface MatrixProduct {
  readonly a: TensorInfo;
  /** First element of each product's left matrix within `a`; each is multiplied with all of `b`. */
  readonly starts: readonly number[];
  readonly rows: number;
  readonly inner: number;
  readonly b: TensorInfo;
  readonly columns: number;
  /** The products, one after the other, [starts, rows, columns]. */
  readonly out: TensorInfo;
}

export interface Padding {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** The members of tfjs 4.22's wasm backend that are used here; most are absent from its public types. */
interface Internals extends KernelBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    /** The build with threads keeps its memory here, the others among what the module exports. */
    readonly wasmMemory?: Memory;
    readonly asm: { readonly memory?: Memory };
    _malloc(bytes: number): number;
    _free(address: number): void;
    cwrap(name: string, result: null, parameters: readonly string[]): (...given: readonly unknown[]) => void;
    readonly tfjs: {
      /** `size` is that in values. */
      registerTensor(id: number, size: number, address: number): void;
      disposeData(id: number): void;
    };
  };
  dataIdNextNumber: number;
  readonly dataIdMap: { get(dataId: object): { readonly id: number; readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
}

const number = "number";

/** Opens the memory of a started wasm backend; throws, naming the version of tfjs, where its internals are not as expected. */
export function openHeap(backend: KernelBackend): Heap {
  // The class that tfjs exports declares neither its module's functions nor its counter; the self-test checks what is claimed here.
  const internals = backend as unknown as Internals;
  try {
    refuseFailedAllocations(internals);
    const heap = heapOf(internals);
    selfTest(heap);
    return heap;
  } catch (cause) {
    if (cause instanceof EmStellarError) throw cause;
    throw new EmStellarError(
      `The wasm backend of tfjs ${version_core} is not built as the training kernels expect (${String(cause)}). ` +
        "They are made for tfjs 4.22: npm install @tensorflow/tfjs-core@4.22 @tensorflow/tfjs-layers@4.22 @tensorflow/tfjs-backend-wasm@4.22",
    );
  }
}

/**
 * The memory of a further wasm backend of the same build, which is made to compute next to nothing: its functions are told that
 * tensors hold few values. What they keep of memory for themselves they take as ever, because that lies between tensors.
 */
export function openSilentHeap(backend: KernelBackend): Heap {
  const heap = openHeap(backend);
  const { wasm } = backend as unknown as Internals; // openHeap made sure
  const { registerTensor } = wasm.tfjs;
  wasm.tfjs.registerTensor = (id, size, address) => registerTensor(id, Math.min(size, 16), address);
  return heap;
}

function heapOf(backend: Internals): Heap {
  const { wasm } = backend;
  const memory = wasm.wasmMemory ?? wasm.asm.memory;
  if (!memory) throw new Error("no memory");
  // Both C++ functions take ids of registered memory, not addresses.
  const batchMatMul = wasm.cwrap("BatchMatMul", null, [
    number,
    "array",
    number,
    number,
    "array",
    number,
    number,
    number,
    number,
  ]);
  const conv2D = wasm.cwrap("Conv2D", null, Array<string>(19).fill(number));

  const address = (tensor: TensorInfo): number => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  const idOf = (tensor: TensorInfo): number => backend.dataIdMap.get(tensor.dataId).id;
  const sizeOf = (tensor: TensorInfo): number => tensor.shape.reduce((product, side) => product * side, 1);
  const register = (start: number, size: number): number => {
    const id = backend.dataIdNextNumber++;
    wasm.tfjs.registerTensor(id, size, start);
    return id;
  };

  const allocate: Heap["allocate"] = (shape, dtype = "float32") => backend.makeOutput(shape, dtype);
  const share: Heap["share"] = (tensor) => {
    backend.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype };
  };

  return {
    allocate,
    release(tensor) {
      backend.disposeData(tensor.dataId);
    },
    share,
    replacing: (tensor) =>
      backend.refCount(tensor.dataId) === 1 ? share(tensor) : allocate(tensor.shape, tensor.dtype),
    forgetPacked(tensor) {
      const id = idOf(tensor);
      wasm.tfjs.disposeData(id);
      wasm.tfjs.registerTensor(id, sizeOf(tensor), address(tensor));
    },
    floats: (tensor) => new Float32Array(wasm.HEAPU8.buffer, address(tensor), sizeOf(tensor)),
    words: (tensor) => new Int32Array(wasm.HEAPU8.buffer, address(tensor), sizeOf(tensor)),
    multiply({ a, starts, rows, inner, b, columns, out }) {
      const aShape = int32Bytes(1, rows, inner);
      const bShape = int32Bytes(1, inner, columns);
      // XNNPACK keeps what it packs of B under B's id: one id for all products, forgotten at the end with what was packed.
      const bId = register(address(b), inner * columns);
      starts.forEach((start, product) => {
        const aId = register(address(a) + 4 * start, rows * inner);
        const outId = register(address(out) + 4 * product * rows * columns, rows * columns);
        batchMatMul(aId, aShape, 3, bId, bShape, 3, 0, 0, outId);
        wasm.tfjs.disposeData(aId);
        wasm.tfjs.disposeData(outId);
      });
      wasm.tfjs.disposeData(bId);
    },
    convolve(x, filter, { top, right, bottom, left }, out) {
      const [batch, height, width, inChannels] = x.shape;
      const [filterHeight, filterWidth, , outChannels] = filter.shape;
      const size = [batch, height, width] as const;
      const [xId, filterId, outId] = [idOf(x), idOf(filter), idOf(out)];
      const samePadding = 0;
      conv2D(
        xId,
        ...size,
        filterId,
        filterHeight,
        filterWidth,
        top,
        right,
        bottom,
        left,
        samePadding,
        1,
        1,
        1,
        1,
        inChannels,
        outChannels,
        outId,
      );
    },
    address,
    memory,
    take: (bytes) => wasm._malloc(bytes) >>> 0, // beyond 2 GiB, what comes out of WebAssembly is negative
    give: (start) => wasm._free(start),
    size: () => wasm.HEAPU8.byteLength,
  };
}

function int32Bytes(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

/** tfjs takes a failed allocation's null pointer for an address and writes there; and 2 GiB in one piece are taken for a negative size. */
function refuseFailedAllocations({ wasm }: Internals): void {
  // Emscripten's _malloc replaces itself when first called; only then is it the function to wrap.
  wasm._free(wasm._malloc(16));
  const allocate = wasm._malloc;
  if ("refusesNull" in allocate) return;
  const refusing = (bytes: number): number => {
    const start = bytes < 2 ** 31 ? allocate(bytes) : 0;
    if (start === 0 && bytes > 0) {
      const held = Math.round(wasm.HEAPU8.byteLength / 2 ** 20);
      throw new DeviceError(
        `The wasm backend is out of memory: it holds ${held} MiB of at most 4096 and needs ${Math.ceil(bytes / 2 ** 20)} MiB more ` +
          "in one piece, of at most 2048. Use training.microBatch: 1, training.recompute: true, smaller patches or fewer filters.",
      );
    }
    return start;
  };
  wasm._malloc = Object.assign(refusing, { refusesNull: true });
}

/** [1 2; 3 4] × [5 6; 7 8], a 2×2 filter over the first matrix and another in its place, and a value seen through a second reference. */
function selfTest(heap: Heap): void {
  const a = heap.allocate([1, 2, 2, 1]);
  const b = heap.allocate([2, 2, 1, 1]);
  const out = heap.allocate([4]);
  const dot = heap.allocate([1, 1, 1, 1]);
  heap.floats(a).set([1, 2, 3, 4]);
  heap.floats(b).set([5, 6, 7, 8]);
  heap.multiply({ a, starts: [0], rows: 2, inner: 2, b, columns: 2, out });
  expect("BatchMatMul", heap.floats(out), [19, 22, 43, 50]);
  heap.convolve(a, b, { top: 0, right: 0, bottom: 0, left: 0 }, dot);
  expect("Conv2D", heap.floats(dot), [70]);
  heap.floats(b).set([1, 0, 0, 0]);
  heap.forgetPacked(b);
  heap.convolve(a, b, { top: 0, right: 0, bottom: 0, left: 0 }, dot);
  expect("Conv2D with another filter in the same place", heap.floats(dot), [1]);
  const shared = heap.share(a);
  heap.release(a);
  expect("incRef", heap.floats(shared), [1, 2, 3, 4]);
  for (const tensor of [shared, b, out, dot]) heap.release(tensor);
}

function expect(what: string, seen: Float32Array, expected: readonly number[]): void {
  if (seen.length !== expected.length || seen.some((value, i) => value !== expected[i])) {
    throw new Error(`${what} gave ${seen.join(" ")} instead of ${expected.join(" ")}`);
  }
}
