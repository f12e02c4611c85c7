import { defineConfig, type Plugin } from "vite";
import { contentSecurityPolicy } from "./src/node/page-headers.js";

/** Writes the content security policy into the built page; while one develops, Vite's own scripts would not pass it. */
const withPolicy: Plugin = {
  name: "em-stellar-policy",
  apply: "build",
  transformIndexHtml: (html) =>
    html.replace(
      "<head>",
      `<head>\n    <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}" />`,
    ),
};

/** The page is built into `dist/page`: files with relative addresses, for any folder of any server. */
export default defineConfig({
  base: "./",
  plugins: [withPolicy],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { conditions: ["em-stellar-source", "module", "browser", "production"] },
  worker: { format: "es" },
  build: { outDir: "dist/page", target: "es2023", emptyOutDir: true, modulePreload: { polyfill: false } },
});
