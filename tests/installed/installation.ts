import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Packages that a program may or may not have; whether this repository has them says nothing. */
export const optional = ["webgpu", "@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"];

/** Whether this repository has the package: `node scripts/build-tfjs-node.mjs` brings it. */
export const hasTfjsNode = existsSync(join(root, "node_modules", "@tensorflow", "tfjs-node", "package.json"));

/** Why a test of it is skipped. */
export const noTfjsNode =
  "the package @tensorflow/tfjs-node is not in this repository: scripts/build-tfjs-node.mjs brings it";

interface Ended {
  /** Exit status; `null` where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which our packages are installed as a stranger has them, so that Node resolves imports as it does there. */
export interface Installation {
  readonly folder: string;
  /** Puts a package of this repository's node_modules in. */
  link(name: string): void;
  /** Writes a package: its main file, in CommonJS, and others. */
  write(name: string, main: string, files?: Readonly<Record<string, string | Uint8Array>>): void;
  /** Takes packages out. */
  remove(...names: readonly string[]): void;
  /** Runs Node there. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  dispose(): void;
}

/** Compiles our packages into a temporary folder, with every package of this repository beside them that is not optional. */
export async function install(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-installed-"));
  const modules = join(folder, "node_modules");
  const link = (name: string) => {
    mkdirSync(join(modules, name, ".."), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
  };
  const names = readdirSync(join(root, "node_modules")).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(root, "node_modules", name)).map((part) => `${name}/${part}`) : [name],
  );
  const third = names.filter((name) => !/^(\.|em-stellar$|@em-stellar\/)/.test(name) && !optional.includes(name));
  for (const name of third) link(name);
  for (const short of readdirSync(join(root, "packages"))) {
    const [from, to] = [
      join(root, "packages", short),
      join(modules, short === "em-stellar" ? short : `@em-stellar/${short}`),
    ];
    if (!existsSync(join(from, "package.json"))) continue;
    await build({
      entryPoints: [join(from, "src/**/*.ts")],
      outbase: join(from, "src"),
      outdir: join(to, "dist"),
      format: "esm",
      target: "es2023",
      logLevel: "silent",
    });
    cpSync(join(from, "package.json"), join(to, "package.json"));
  }
  return {
    folder,
    link,
    write(name, main, files = {}) {
      const place = join(modules, name);
      mkdirSync(place, { recursive: true });
      const manifest = JSON.stringify({ name, version: "4.22.0", main: "index.js" });
      for (const [file, content] of Object.entries({ "package.json": manifest, "index.js": main, ...files })) {
        writeFileSync(join(place, file), content);
      }
    },
    remove(...names) {
      for (const name of names) rmSync(join(modules, name), { recursive: true, force: true });
    },
    run: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } });
        let [stdout, stderr] = ["", ""];
        child.stdout.on("data", (text) => {
          stdout += text;
        });
        child.stderr.on("data", (text) => {
          stderr += text;
        });
        child.on("error", reject);
        child.on("close", (status) => resolve({ status, stdout, stderr }));
      }),
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

/** The Vulkan driver that comes with Debian's Chromium (scripts/install-chromium.sh) and plays a GPU on the processor. */
const chromium = "/usr/lib/chromium";
const driver = join(chromium, "vk_swiftshader_icd.json");

/** Environment in which WebGPU finds a software adapter and nothing else; undefined where there is none to be found. */
export const softwareGpu: Readonly<Record<string, string>> | undefined = existsSync(driver)
  ? { VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: chromium }
  : undefined;

const driverInHalf = process.env.EM_STELLAR_F16_DRIVER;

/** Environment in which WebGPU finds an adapter with `shader-f16`, which Chromium's has not; undefined where none is named. */
export const halfGpu: Readonly<Record<string, string>> | undefined = driverInHalf
  ? { VK_ICD_FILENAMES: driverInHalf, VK_DRIVER_FILES: driverInHalf }
  : undefined;

/** What a test of it needs. */
export const noHalfGpu = "needs EM_STELLAR_F16_DRIVER, the .json file of a Vulkan driver with shader-f16";

/** Puts an `nvidia-smi` there that lists these GPUs; the folder that PATH must begin with. */
export function writeNvidiaSmi(folder: string, ...gpus: readonly string[]): string {
  const bin = join(folder, "nvidia");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "nvidia-smi"), `#!/bin/sh\n${gpus.map((gpu) => `echo '${gpu}'\n`).join("")}`, {
    mode: 0o755,
  });
  return bin;
}

/** Environment in which the Vulkan loader finds no driver, whatever the machine has. */
export const noGpu: Readonly<Record<string, string>> = {
  VK_ICD_FILENAMES: "/nonexistent.json",
  VK_DRIVER_FILES: "/nonexistent.json",
  CUDA_VISIBLE_DEVICES: "-1",
};
