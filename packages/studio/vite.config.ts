import { defineConfig } from "vite";

/** The page is built into `dist/page`: files with relative addresses, for any folder of any server. */
export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { conditions: ["em-stellar-source", "module", "browser", "production"] },
  worker: { format: "es" },
  build: { outDir: "dist/page", target: "es2023", emptyOutDir: true, modulePreload: { polyfill: false } },
});
