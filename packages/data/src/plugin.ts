import { definePlugin } from "@em-stellar/core";
import { phantom } from "./phantom/phantom.js";

export const plugin = definePlugin({ name: "@em-stellar/data", version: "0.1.0", components: [phantom] });
