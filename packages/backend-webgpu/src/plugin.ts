import { definePlugin } from "@em-stellar/core";
import { webgpu } from "./webgpu.js";

export const plugin = definePlugin({
  name: "@em-stellar/backend-webgpu",
  version: "0.1.0",
  components: [webgpu],
});
