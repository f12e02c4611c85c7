import type { Device } from "@em-stellar/core/training";

/** Why a run is on this device: what `auto` would have preferred. No lines where nothing was preferred or the device was named. */
export function deviceLines({ backend, reasons = [] }: Device): string[] {
  const missing = reasons.filter(({ status }) => status === "missing").map(({ backend }) => backend);
  const failed = reasons.filter(({ status }) => status === "failed");
  const lines = failed.map(({ backend, problem, remedy }) => `! Not on ${backend}: ${problem} ${remedy}`.trimEnd());
  if (missing.length > 0) {
    const isGpu = backend === "cuda" || backend === "webgpu";
    const list = missing.join(missing.length > 2 ? ", " : " and ");
    lines.push(
      isGpu
        ? `· Training on ${backend}. Without: ${list}. \`em-stellar doctor\` shows what each needs.`
        : "· No GPU found: training on the processor, which is slower. `em-stellar doctor` shows how to use one.",
    );
  }
  return lines;
}
