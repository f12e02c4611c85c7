import { cuda, tensorflow } from "@em-stellar/backend-tensorflow";
import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import { defineAuto } from "@em-stellar/kernels/backend";

/** The fastest backend that starts here: `cuda`, `webgpu` on a GPU, `tensorflow`, `wasm`, in this order. */
export const auto = defineAuto(cuda, webgpu, tensorflow, wasm);
