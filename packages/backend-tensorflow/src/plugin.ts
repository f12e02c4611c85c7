import { definePlugin } from "@em-stellar/core";
import { cuda } from "./cuda.js";
import { tensorflow } from "./tensorflow.js";

export const plugin = definePlugin({
  name: "@em-stellar/backend-tensorflow",
  version: "0.1.0",
  components: [cuda, tensorflow],
});
