/**
 * How long the command takes before it works: `list`, `doctor`, a run until it says its first word, and what a job costs beside
 * its steps, which are two of a network of 400 weights on patches of 16 × 16 pixels. Seconds by the clock and of the processor,
 * medians with the middle half. `npm run bench start`; the numbers also go to bench/results/start.json.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Spread, spreadOf } from "./torch/spread.js";

const command = fileURLToPath(new URL("../packages/em-stellar/bin/em-stellar.cjs", import.meta.url));
const rounds = 5;
const folder = mkdtempSync(join(tmpdir(), "em-stellar-start-"));
const measured: Record<string, { readonly wall: Spread; readonly processor?: Spread }> = {};

/** Runs the command to its end. */
function whole(...args: readonly string[]): { wall: number; processor: number } {
  const start = performance.now();
  // `times` tells what the shell and then its children have used, user and system: 0m0.08s 0m0.01s.
  const script = '"$@" >/dev/null; times';
  const text = execFileSync("sh", ["-c", script, "sh", process.execPath, command, ...args], { encoding: "utf8" });
  const wall = (performance.now() - start) / 1000;
  const [, children = ""] = text.trim().split("\n");
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => 60 * Number(minutes) + Number(seconds),
  );
  return { wall, processor: parts.reduce((sum, each) => sum + each, 0) };
}

/** Seconds until the command writes, by the clock; it then goes on to its end. */
function untilFirstWord(...args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let seconds: number | undefined;
    const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", () => {
      seconds ??= (performance.now() - start) / 1000;
    });
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0 && seconds !== undefined) resolve(seconds);
      else reject(new Error(`em-stellar ${args.join(" ")} ended with the exit status ${status}.`));
    });
  });
}

let outputs = 0;
/** A suite of two jobs for each seed, and the arguments that run it into a new folder. */
function runOf(seeds: number): string[] {
  const file = join(folder, `${seeds}.json`);
  const suite = {
    name: "start",
    data: { id: "phantom", options: { size: 64, mitochondria: 12, trainImages: 4, testImages: 1, groups: 2 } },
    networks: [{ id: "unet", options: { depth: 1, baseFilters: 2 } }],
    loss: { id: "dice" },
    optimizer: { id: "sgd" },
    metrics: [{ id: "jaccard" }],
    folds: 2,
    seeds: Array.from({ length: seeds }, (_, seed) => seed + 1),
    training: { patch: 16, batchSize: 1, steps: 2, validateEvery: 2 },
    baselines: [],
    backend: "wasm",
  };
  writeFileSync(file, JSON.stringify(suite));
  return ["run", file, "-w", "1", "--out", join(folder, `run-${outputs++}`)];
}

function keep(what: string, wall: readonly number[], processor?: readonly number[]): void {
  measured[what] = { wall: spreadOf(wall), ...(processor && { processor: spreadOf(processor) }) };
  const said = ({ median, lower, upper }: Spread) =>
    `${median.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
  const ofProcessor = processor ? `, ${said(spreadOf(processor))} s of the processor` : "";
  console.log(`${what}: ${said(spreadOf(wall))} s${ofProcessor}`);
}

try {
  for (const name of ["list", "doctor"]) {
    whole(name); // files come from the disk the first time
    const all = Array.from({ length: rounds }, () => whole(name));
    keep(
      name,
      all.map(({ wall }) => wall),
      all.map(({ processor }) => processor),
    );
  }
  const first: number[] = [];
  for (let round = 0; round < rounds; round++) first.push(await untilFirstWord(...runOf(1)));
  keep("first word of a run", first);
  // Between runs of 2 and of 22 jobs, the difference is 20 jobs.
  const jobs = Array.from({ length: 3 }, () => {
    const [few, many] = [whole(...runOf(1)), whole(...runOf(11))];
    return { wall: (many.wall - few.wall) / 20, processor: (many.processor - few.processor) / 20 };
  });
  keep(
    "a job with its two steps",
    jobs.map(({ wall }) => wall),
    jobs.map(({ processor }) => processor),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(
  new URL("results/start.json", import.meta.url),
  `${JSON.stringify({ processor: cpus()[0]?.model, node: process.version, measured }, null, 2)}\n`,
);
