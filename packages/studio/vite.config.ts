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

/**
 * tfjs hands a function to its threads as text. What the function takes from outside of itself has another name once it is
 * minified, and is not there in a thread: the script's address, which a page needs not, since it says where the .wasm files are.
 */
const selfContainedThreads: Plugin = {
  name: "em-stellar-threads",
  transform(code, id) {
    if (!id.includes("tfjs-backend-wasm-threaded-simd.js")) return null;
    const inner = code.indexOf("function(WasmBackendModuleThreadedSimd)");
    if (inner < 0 || !code.includes("_scriptDir", inner)) {
      throw new Error(
        "The threads of tfjs-backend-wasm are not as they were: see what their function takes from outside.",
      );
    }
    return { code: code.slice(0, inner) + code.slice(inner).replaceAll("_scriptDir", "undefined"), map: null };
  },
};

/** The page is built into `dist/page`: files with relative addresses, for any folder of any server. */
export default defineConfig({
  base: "./",
  plugins: [withPolicy],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { conditions: ["em-stellar-source", "module", "browser", "production"] },
  worker: { format: "es", plugins: () => [selfContainedThreads] },
  build: { outDir: "dist/page", target: "es2023", emptyOutDir: true, modulePreload: { polyfill: false } },
});
