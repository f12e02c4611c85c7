import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";

/** What a program of a test printed. */
export interface Printed<Line> {
  /** The lines that are JSON objects; Dawn writes lines of its own. */
  readonly lines: readonly Line[];
  readonly stderr: string;
}

/** Bundles a program of a test and runs it in a process and an environment of its own. */
export async function runProgram<Line>(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Printed<Line>> {
  const folder = mkdtempSync(join(dirname(file), ".program-")); // where imports resolve as in this package
  try {
    const outfile = join(folder, basename(file).replace(/\.ts$/, ".mjs"));
    await build({
      entryPoints: [file],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "es2023",
      conditions: ["em-stellar-source"],
      external: ["@tensorflow/*", "webgpu"],
      logLevel: "silent",
    });
    const child = spawn(process.execPath, [outfile, ...args], { env: { ...process.env, ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    return { lines: lines.map((line) => JSON.parse(line)), stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
