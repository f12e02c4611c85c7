import { definePlugin } from "@em-stellar/core";
import { cpu } from "./cpu.js";
import { wasm } from "./wasm.js";

export const plugin = definePlugin({ name: "@em-stellar/backends", version: "0.1.0", components: [wasm, cpu] });
