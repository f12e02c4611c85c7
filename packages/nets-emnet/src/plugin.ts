import { definePlugin } from "@em-stellar/core";
import { emNetV1_2x, emNetV1_4x, emNetV1Bn, emNetV1Bn2x, emNetV2, emNetV2_2x, emNetV2_4x } from "./em-net.js";

export const plugin = definePlugin({
  name: "@em-stellar/nets-emnet",
  version: "0.1.0",
  components: [emNetV1_2x, emNetV1_4x, emNetV1Bn, emNetV1Bn2x, emNetV2, emNetV2_2x, emNetV2_4x],
});
