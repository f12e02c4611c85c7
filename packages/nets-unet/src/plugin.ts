import { definePlugin } from "@em-stellar/core";
import { preluNet } from "./prelu-net.js";
import { unet } from "./unet.js";
import { unetBn } from "./unet-bn.js";

export const plugin = definePlugin({
  name: "@em-stellar/nets-unet",
  version: "0.1.0",
  components: [unet, unetBn, preluNet],
});
