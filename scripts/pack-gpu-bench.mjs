// `node scripts/pack-gpu-bench.mjs [PLATFORM-ARCHITECTURE]`: the benchmark `gpu` with all that it needs in one folder,
// bench/results/gpu, to carry to a machine that has Node and a GPU and no network: `node gpu.mjs`. Packs Dawn for this machine's
// platform, or for the one named, such as linux-x64.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { root } from "./packages.mjs";

const platform = process.argv[2] ?? `${process.platform}-${process.arch}`;
const dawn = dirname(createRequire(import.meta.url).resolve("webgpu"));
if (!existsSync(join(dawn, "dist", platform))) {
  console.error(`No build of Dawn for ${platform}. There are: ${readdirSync(join(dawn, "dist")).join(", ")}.`);
  process.exit(1);
}
const folder = join(root, "bench", "results", "gpu");
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "gpu"), { recursive: true });

await build({
  entryPoints: [join(root, "bench", "gpu.bench.ts")],
  outfile: join(folder, "gpu.mjs"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  conditions: ["em-stellar-source"],
  mainFields: ["module", "main"], // the form of tfjs in which the files that register kernels are marked as not to be left out
  keepNames: true, // profiles go by the names of tfjs's classes
  // Addons and what only they need; loaded where a backend is asked for, of which only webgpu is.
  external: ["webgpu", "@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"],
  banner: {
    js: `import { createRequire as createRequireOfBundle } from "node:module";
import { dirname as dirnameOfBundle } from "node:path";
import { fileURLToPath as pathOfBundle } from "node:url";
const require = createRequireOfBundle(import.meta.url);
const __filename = pathOfBundle(import.meta.url);
const __dirname = dirnameOfBundle(__filename);`,
  },
  logLevel: "error",
});
cpSync(join(root, "bench", "gpu", "torch_step.py"), join(folder, "gpu", "torch_step.py"));
const packed = join(folder, "node_modules", "webgpu");
for (const part of ["package.json", "index.js", "LICENSE.md", join("dist", platform)]) {
  cpSync(join(dawn, part), join(packed, part), { recursive: true });
}
console.log(`Packed into ${relative(process.cwd(), folder)} for ${platform}: carry it over, then node gpu.mjs --help`);
