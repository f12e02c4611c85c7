import { definePlugin } from "@em-stellar/core";
import { cdeep3m } from "./cdeep3m.js";
import { resnet } from "./resnet.js";
import { resnet50Unet } from "./resnet50-unet.js";
import { segnet } from "./segnet.js";
import { segnetEmnet } from "./segnet-emnet.js";
import { vgg16Unet } from "./vgg16-unet.js";

export const plugin = definePlugin({
  name: "@em-stellar/nets-classic",
  version: "0.1.0",
  components: [vgg16Unet, resnet, resnet50Unet, segnet, segnetEmnet, cdeep3m],
});
