import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { launchChromium } from "../../../../tests/browser/chromium.js";
import { runInWorker } from "../../../../tests/browser/run-in-worker.js";
import { servePrograms } from "../../../../tests/browser/serve-programs.js";
import type { Order, Told } from "./check-all.js";
import { checkEach, type Skips } from "./conformance.js";

export interface Elsewhere {
  /** Of the backend. */
  readonly options?: object;
  readonly skips?: Skips;
  /** Errors may be so many times as large. */
  readonly leniency?: number;
}

/** Checks every case on a backend that needs a process, or an environment, of its own. */
export function conformanceInProcess(
  backend: string,
  { env = {}, ...how }: Elsewhere & { readonly env?: Readonly<Record<string, string>> },
): void {
  conformanceElsewhere(backend, how, (order) => runInProcess(order, env));
}

/** Checks every case on a backend in a Web Worker of a page in Chromium. */
export function conformanceInChromium(backend: string, how: Elsewhere): void {
  conformanceElsewhere(backend, how, async (order) => ({ told: await runInChromium(order), ending: "" }));
}

/** What a program told, and what it left behind as it ended. */
interface Run {
  readonly told: readonly Told[];
  readonly ending: string;
}

function conformanceElsewhere(
  backend: string,
  { options = {}, skips = {}, leniency = 1 }: Elsewhere,
  run: (order: Order) => Promise<Run>,
): void {
  const problems = new Map<string, string | undefined>();
  let ending = "It is not there.";
  checkEach(
    {
      async begin() {
        const done = await run({ backend, options, without: Object.keys(skips), leniency });
        const [first, ...rest] = done.told;
        if (first?.description === undefined) throw new Error(`"${backend}" did not start: ${done.ending}`);
        for (const { key, problem } of rest) problems.set(key as string, problem);
        ending = done.ending;
        return first.description;
      },
      async check(_item, key) {
        if (!problems.has(key)) throw new Error(`The program ended before this case: ${ending}`);
        const problem = problems.get(key);
        if (problem !== undefined) throw new Error(problem);
      },
      end: async () => {},
    },
    skips,
  );
}

async function runInProcess(order: Order, env: Readonly<Record<string, string>>): Promise<Run> {
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
    const child = spawn(process.execPath, [outfile, JSON.stringify(order)], { env: { ...process.env, ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    const lines = stdout.split("\n").filter((line) => line.startsWith("{")); // Dawn writes lines of its own
    return { told: lines.map((line) => JSON.parse(line)), ending: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runInChromium(order: Order): Promise<Told[]> {
  const served = await servePrograms({ conformance: join(import.meta.dirname, "chromium", "program.ts") });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(served.address);
    return await runInWorker<Told>(page, "conformance", order);
  } finally {
    await browser.close();
    served.close();
  }
}
