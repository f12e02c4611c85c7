import { definePlugin } from "@em-stellar/core";
import { phantom } from "./phantom/phantom.js";
import { png } from "./png/png-format.js";
import { tiff } from "./tiff/tiff-format.js";

export const plugin = definePlugin({ name: "@em-stellar/data", version: "0.1.0", components: [phantom, png, tiff] });
