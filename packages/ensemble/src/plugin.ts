import { definePlugin } from "@em-stellar/core";
import { average } from "./average.js";
import { majority } from "./majority.js";

/** Every ensemble of this package. */
export const plugin = definePlugin({
  name: "@em-stellar/ensemble",
  version: "0.1.0",
  components: [average, majority],
});
