import { nameOf } from "./adapter.js";
import type { Gpu } from "./gpu-types.js";
import { openDawn } from "./open-gpu.js";

/** No adapter has such a name. Asked for one that is not there, Dawn lists those that are: WebGPU itself cannot. */
const nobody = "(none of this name)";

/**
 * The adapters that WebGPU sees, software among them: `vulkan: NVIDIA GeForce RTX 3060`. A browser shows the fastest only.
 * Throws a `BackendUnavailableError` where there is no WebGPU.
 */
export async function listAdapters(): Promise<string[]> {
  const { navigator } = globalThis as { navigator?: { gpu?: Gpu } };
  if (navigator?.gpu) {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
    return adapter ? [nameOf(adapter.info)] : [];
  }
  const { create } = await openDawn();
  try {
    await create([`adapter=${nobody}`]).requestAdapter({ powerPreference: "high-performance" });
    return [];
  } catch (refusal) {
    const text = refusal instanceof Error ? refusal.message : "";
    return [...text.matchAll(/backend: '(.*)', name: '(.*)'/g)].map(([, backend, name]) => `${backend}: ${name}`);
  }
}
