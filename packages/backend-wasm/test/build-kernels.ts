import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Compiles the kernels before any test, where their sources changed. */
export default function buildKernels(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL("../scripts/build-kernels.mjs", import.meta.url))]);
}
