export { plugin as default } from "./plugin.js";
export { type PreluNetOptions, preluNet } from "./prelu-net.js";
export type { UShapeOptions } from "./u-shape.js";
export { type UnetOptions, unet } from "./unet.js";
export { type UnetBnOptions, unetBn } from "./unet-bn.js";
