import { definePlugin } from "@em-stellar/core";
import { wasm } from "./wasm.js";

export const plugin = definePlugin({
  name: "@em-stellar/backend-wasm",
  version: "0.1.0",
  components: [wasm],
});
