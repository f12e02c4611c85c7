import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { checkEach, type Skips } from "./conformance.js";

export interface Elsewhere {
  readonly options?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly skips?: Skips;
  /** Errors may be so many times as large. */
  readonly leniency?: number;
}

/** Checks every case on a backend that needs a process, or an environment, of its own. */
export function conformanceElsewhere(
  id: string,
  { options = {}, env = {}, skips = {}, leniency = 1 }: Elsewhere,
): void {
  const problems = new Map<string, string | undefined>();
  let ending = "It is not there.";
  checkEach(
    {
      async begin() {
        const { lines, stderr } = await run(
          [id, JSON.stringify(options), JSON.stringify(Object.keys(skips)), `${leniency}`],
          env,
        );
        const [first, ...rest] = lines;
        if (first?.description === undefined) throw new Error(`"${id}" did not start: ${stderr}`);
        for (const { key, problem } of rest) problems.set(key as string, problem);
        ending = stderr;
        return first.description;
      },
      async check(_item, key) {
        if (!problems.has(key)) throw new Error(`The process ended before this case: ${ending}`);
        const problem = problems.get(key);
        if (problem !== undefined) throw new Error(problem);
      },
      end: async () => {},
    },
    skips,
  );
}

/** A line of program.ts: the first has a description, the others are of one case each. */
interface Line {
  readonly description?: string;
  readonly key?: string;
  readonly problem?: string;
}

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ lines: Line[]; stderr: string }> {
  const folder = mkdtempSync(join(import.meta.dirname, ".program-")); // where imports resolve as in this package
  try {
    const outfile = join(folder, "program.mjs");
    await build({
      entryPoints: [join(import.meta.dirname, "program.ts")],
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
    const lines = stdout.split("\n").filter((line) => line.startsWith("{")); // Dawn writes lines of its own
    return { lines: lines.map((line) => JSON.parse(line)), stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
