import { definePlugin } from "@em-stellar/core";
import { auto } from "./auto.js";
import { cpu } from "./cpu.js";
import { cuda } from "./cuda.js";
import { tensorflow } from "./tensorflow.js";
import { wasm } from "./wasm.js";
import { webgpu } from "./webgpu.js";

export const plugin = definePlugin({
  name: "@em-stellar/backends",
  version: "0.1.0",
  components: [auto, cuda, webgpu, tensorflow, wasm, cpu],
});
