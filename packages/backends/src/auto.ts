import { EmStellarError } from "@em-stellar/core";
import { type Device, defineBackend, type Reason } from "@em-stellar/core/training";
import { reasonOf } from "./backend-unavailable-error.js";
import { cuda } from "./cuda.js";
import { nodeProcess } from "./node-process.js";
import { tensorflow } from "./tensorflow.js";
import { type WasmOptions, wasm } from "./wasm.js";
import { type WebgpuOptions, webgpu } from "./webgpu.js";

/** Options of the backends among which `auto` chooses. */
export interface AutoOptions {
  webgpu: Partial<WebgpuOptions>;
  wasm: Partial<WasmOptions>;
}

const defaults: AutoOptions = { webgpu: {}, wasm: {} };

/**
 * The fastest backend that starts here: `cuda`, `webgpu` on a GPU, `tensorflow`, `wasm`, in this order. The device is the
 * chosen backend's own, and its `reasons` say why each one before it did not start.
 */
export const auto = defineBackend({
  id: "auto",
  summary: "the first that starts of cuda, webgpu (on a GPU), tensorflow and wasm",
  defaults,
  start,
});

async function start(options: AutoOptions): Promise<Device> {
  const onlyInNode = nodeProcess() ? { before: [cuda()], between: [tensorflow()] } : { before: [], between: [] };
  const candidates = [...onlyInNode.before, webgpu(options.webgpu), ...onlyInNode.between, wasm(options.wasm)];
  const reasons: Reason[] = [];
  for (const candidate of candidates) {
    try {
      const device = await candidate.start();
      return { ...device, reasons, details: { ...device.details, choice: choiceOf(device, reasons) } };
    } catch (error) {
      reasons.push(reasonOf(candidate.id, error));
    }
  }
  const lines = reasons.map(({ backend, problem, remedy }) => `\n  ${backend}: ${problem} ${remedy}`);
  throw new EmStellarError(
    `No backend starts that "auto" chooses from.${lines.join("")}\n"cpu" computes without any, some hundred times slower.`,
  );
}

/** One line for results: what was chosen, and why nothing before it. */
function choiceOf({ backend }: Device, reasons: readonly Reason[]): string {
  return [`auto chose ${backend}.`, ...reasons.map(({ backend, problem }) => `Not ${backend}: ${problem}`)].join(" ");
}
