import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { resultsSchema } from "@em-stellar/core";
import { root } from "../workspace.js";
import { isAlive } from "./is-alive.js";
import { until } from "./until.js";

/** Seconds that an engine may take to start tasks: Slurm looks after one that it could not end after two minutes. */
const patience = 150;

/** The built program. */
export const command = join(root, "packages/em-stellar/dist/bin.js");

/** Puts the plugin that every {@link suite} names, `gate.mjs`, into the folder of its file. */
export function placeGate(folder: string): void {
  copyFileSync(join(import.meta.dirname, "gate.mjs"), join(folder, "gate.mjs"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}

/** From now on, trainings of a run that have saved a state wait in their next validation. */
export function shut(out: string): void {
  writeFileSync(`${out}.shut`, "");
}

/** Lets all trainings of a run go on. */
export function open(out: string): void {
  rmSync(`${out}.shut`, { force: true });
}

/** `networks` trainings of two folds each, a second or so long at 40 steps. */
export function suite(networks: number, steps: number, more: object = {}) {
  return {
    name: "trial",
    plugins: ["./gate.mjs"],
    data: { id: "phantom", options: { size: 64, trainImages: 4, testImages: 2, groups: 2 } },
    networks: Array.from({ length: networks }, (_, i) => ({
      id: "unet-bn",
      options: { baseFilters: 2 + i, depth: 1 },
    })),
    loss: "binary-cross-entropy",
    optimizer: "adam",
    metrics: ["jaccard", "gate"],
    folds: 2,
    training: { patch: 32, batchSize: 2, steps, validateEvery: 20 },
    baselines: ["otsu"],
    ensembles: [{ combine: "average", top: 2, by: "jaccard" }],
    backend: "wasm",
    ...more,
  };
}

/** A command that runs, and all that it has printed. */
export interface Running {
  readonly child: ChildProcess;
  said(): string;
  /** Its exit status, `null` where a signal ended it; throws after so many seconds. */
  end(seconds: number): Promise<number | null>;
}

/** Starts the built command in a folder. */
export function start(folder: string, environment: Readonly<Record<string, string>>, ...args: string[]): Running {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (text += part));
  let status: number | null | undefined;
  child.on("close", (code) => {
    status = code;
  });
  return {
    child,
    said: () => text,
    async end(seconds) {
      await until(
        `em-stellar ${args.join(" ")} ends`,
        () => status !== undefined,
        seconds,
        () => text,
      );
      return status ?? null;
    },
  };
}

/** Process ids of the trainings of a run on this machine. */
export const trainingsOf = (out: string): number[] => jobsAtWork(out).map(({ id }) => id);

/** The jobs that are trained for a run on this machine, with their process ids. */
function jobsAtWork(out: string): { id: number; job: string }[] {
  return readdirSync("/proc")
    .filter((id) => /^\d+$/.test(id))
    .flatMap((id) => {
      try {
        const words = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
        const isIts = words[1] === command && words[2] === "job" && words[3] === out;
        return isIts ? [{ id: Number(id), job: words[4] as string }] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

/** Whether a signal waits for a process that is stopped. */
export function isAsked(id: number, signal: NodeJS.Signals): boolean {
  const [, pending = "0"] = /^ShdPnd:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${id}/status`, "utf8")) ?? [];
  return ((BigInt(`0x${pending}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

/** Waits until so many jobs of a run have validated at least once, so that an interruption costs something. */
export async function validated(out: string, jobs: number): Promise<void> {
  await until(`${jobs} jobs have validated`, () => states(out).length >= jobs, patience);
}

/**
 * Stops so many trainings of a run whose gate is {@link shut}, each after it has validated and before it ends; {@link goOn} lets
 * them go on. A signal waits for a stopped process, which {@link isAsked} sees; a training at the gate would take it. `state` is
 * what the engine says where it is waited in vain.
 */
export async function halted(out: string, jobs: number, state?: () => string): Promise<number[]> {
  const stopped = new Set<number>();
  await until(
    `${jobs} jobs have validated and are halted`,
    () => {
      const saved = states(out);
      for (const { id, job } of jobsAtWork(out)) {
        if (stopped.has(id) || !saved.some((path) => path.startsWith(`${job}/`))) continue;
        process.kill(id, "SIGSTOP");
        stopped.add(id);
      }
      return stopped.size >= jobs;
    },
    patience,
    state,
  );
  return [...stopped];
}

/** Waits until so many of these trainings have ended. */
export async function dead(trainings: readonly number[], count: number): Promise<void> {
  await until(`${count} trainings are dead`, () => trainings.filter((id) => !isAlive(id)).length >= count, 60);
}

/** The states that jobs of a run have saved and not yet finished with. */
function states(out: string): string[] {
  if (!existsSync(join(out, "jobs"))) return [];
  const paths = readdirSync(join(out, "jobs"), { recursive: true, encoding: "utf8" });
  return paths.filter((path) => path.endsWith("state.bin"));
}

/** Opens the gate, and lets trainings that were halted go on, those that the trial has left. */
export function goOn(out: string, trainings: readonly number[]): void {
  open(out);
  const left = trainingsOf(out);
  for (const id of trainings) if (left.includes(id)) process.kill(id, "SIGCONT");
}

/** What a run found, to the last bit, without when and how long. */
export function findings(out: string) {
  const { methods } = resultsSchema.parse(JSON.parse(readFileSync(join(out, "results.json"), "utf8")));
  return methods.map(({ name, pooled, runs }) => ({
    name,
    pooled,
    runs: runs.map(({ seconds: _, processorSeconds: __, history, ...run }) => ({
      ...run,
      history: history.map(({ seconds: ___, ...point }) => point),
    })),
  }));
}

/** Files of a run that no finished run has: attempts, what was being written, and states but the last one of a training. */
export function leftovers(out: string): string[] {
  const paths = readdirSync(join(out, "jobs"), { recursive: true, encoding: "utf8" });
  return paths.filter((path) => /attempts|\.writing$|\.lock$|(?<!\/seed-\d+\/last\/)state\.bin$/.test(path));
}
