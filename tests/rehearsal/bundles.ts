import { join } from "node:path";
import { build } from "esbuild";
import type { Project } from "./rehearsal.js";

/** A script with all that it imports from a project's folder, as a page would load it; without `external` packages. */
export async function bundle(code: string, { folder }: Project, ...external: string[]): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: external.length === 0 ? "iife" : "esm",
    platform: "browser",
    target: "es2023",
    external,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** The same by rollup, without tfjs and not minified. */
export function bundleByRollup(code: string, project: Project, tools: string): string {
  const resolver = join(tools, "node_modules", "@rollup", "plugin-node-resolve", "dist", "es", "index.js");
  project.write("entry.js", code);
  project.write(
    "rollup.config.mjs",
    `import resolve from ${JSON.stringify(resolver)};
     export default { input: "entry.js", plugins: [resolve({ browser: true })], external: /^@tensorflow/ };`,
  );
  return project.run(
    process.execPath,
    join(tools, "node_modules", "rollup", "dist", "bin", "rollup"),
    "-c",
    "--silent",
  );
}
