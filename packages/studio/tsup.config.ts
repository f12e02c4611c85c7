import { defineConfig } from "tsup";
import base from "../../tsup.config.base.js";

/** Only what Node imports: Vite builds the page (vite.config.ts). */
export default defineConfig({ ...base, entry: ["src/node/*.ts"], outDir: "dist/node" });
