import { definePlugin } from "@em-stellar/core";
import { adam } from "./adam.js";
import { radam } from "./radam.js";
import { sgd } from "./sgd.js";

export const plugin = definePlugin({
  name: "@em-stellar/optimizers",
  version: "0.1.0",
  components: [radam, adam, sgd],
});
