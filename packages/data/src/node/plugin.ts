import { definePlugin } from "@em-stellar/core";
import { imageFolder } from "./image-folder.js";
import { imageStack } from "./image-stack.js";

export const plugin = definePlugin({
  name: "@em-stellar/data/node",
  version: "0.1.0",
  components: [imageFolder, imageStack],
});
