import { BackendUnavailableError, importInNode, importPackage, nodeProcess } from "@em-stellar/kernels/backend";
import type { Gpu } from "./gpu-types.js";
import { type Precision, switchesOfDawn } from "./precision.js";

/** What WebGPU needs in Node, where no browser provides it. */
const installWebgpu = "Install it: npm install webgpu";

/** Access to the GPUs. */
interface OpenGpu {
  readonly gpu: Gpu;
  /** Makes the names of WebGPU global (`GPUBuffer`, `GPUBufferUsage`), as tfjs needs them; the function takes them away again. */
  defineGlobals(): () => void;
}

/** What is used of the package `webgpu`. */
interface Dawn {
  create(options: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Opens the browser's WebGPU, or in Node that of the package `webgpu`, for a precision. Throws a `BackendUnavailableError`. */
export async function openGpu(precision: Precision): Promise<OpenGpu> {
  const { navigator } = globalThis as { navigator?: { gpu?: Gpu } };
  if (navigator?.gpu) return { gpu: navigator.gpu, defineGlobals: () => () => {} };
  const { create, globals } = await openDawn();
  return { gpu: create(switchesOfDawn[precision]), defineGlobals: () => defineGlobals(globals) };
}

/** Imports Dawn, the implementation of WebGPU in the package `webgpu`. Throws a `BackendUnavailableError`. */
export async function openDawn(): Promise<Dawn> {
  if (!nodeProcess()) {
    throw new BackendUnavailableError({
      backend: "webgpu",
      status: "missing",
      problem: "This browser offers no WebGPU to this page.",
      remedy: "Use a recent Chrome, Edge, Firefox or Safari, and serve the page over https or from localhost.",
    });
  }
  try {
    const dawn = await importPackage("webgpu", "webgpu", () => importInNode("webgpu"), installWebgpu);
    requireVulkanLoader();
    return dawn as Dawn; // its documented exports
  } catch (cause) {
    if (cause instanceof BackendUnavailableError) throw cause;
    const [line] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new BackendUnavailableError({
      backend: "webgpu",
      status: "failed",
      problem: `The package webgpu cannot be loaded: ${line}.`,
      remedy: "It has builds for Linux and Windows on x64 and arm64, and for macOS.",
    });
  }
}

/** On Linux, Dawn looks for GPUs through the Vulkan loader, and where there is none only says so on standard error. */
function requireVulkanLoader(): void {
  const process = nodeProcess();
  if (process?.platform !== "linux") return;
  try {
    process.dlopen({ exports: {} }, "libvulkan.so.1");
  } catch (cause) {
    // A library that is there is refused later: it is no addon of Node.
    if (!(cause instanceof Error) || !cause.message.includes("cannot open shared object file")) return;
    throw new BackendUnavailableError({
      backend: "webgpu",
      status: "failed",
      problem: "The Vulkan loader libvulkan.so.1 is not installed, so no GPU can be found.",
      remedy: "On Debian and Ubuntu: apt-get install libvulkan1, and the driver of the GPU.",
    });
  }
}

function defineGlobals(globals: Readonly<Record<string, unknown>>): () => void {
  const added = Object.keys(globals).filter((name) => !(name in globalThis));
  for (const name of added) {
    Object.defineProperty(globalThis, name, { value: globals[name], configurable: true, writable: true });
  }
  return () => {
    for (const name of added) Reflect.deleteProperty(globalThis, name);
  };
}
