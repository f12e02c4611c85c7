export { emNetV1_2x, emNetV1_4x, emNetV1Bn, emNetV1Bn2x, emNetV2, emNetV2_2x, emNetV2_4x } from "./em-net.js";
export type { EmNetOptions } from "./options.js";
export { plugin as default } from "./plugin.js";
export { Tlu } from "./tlu-layer.js";
