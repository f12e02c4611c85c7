import { definePlugin } from "@em-stellar/core";
import { cpu } from "./cpu.js";

export const plugin = definePlugin({
  name: "@em-stellar/backend-cpu",
  version: "0.1.0",
  components: [cpu],
});
