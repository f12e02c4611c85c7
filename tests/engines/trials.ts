import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { resultsSchema } from "@em-stellar/core";
import { root } from "../workspace.js";
import { until } from "./until.js";

/** The built program. */
export const command = join(root, "packages/em-stellar/dist/bin.js");

/** `networks` trainings of two folds each, a second or so long at 40 steps. */
export function suite(networks: number, steps: number, more: object = {}) {
  return {
    name: "trial",
    data: { id: "phantom", options: { size: 64, trainImages: 4, testImages: 2, groups: 2 } },
    networks: Array.from({ length: networks }, (_, i) => ({
      id: "unet-bn",
      options: { baseFilters: 2 + i, depth: 1 },
    })),
    loss: "binary-cross-entropy",
    optimizer: "adam",
    metrics: ["jaccard"],
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
export function trainingsOf(out: string): number[] {
  return readdirSync("/proc")
    .filter((id) => /^\d+$/.test(id))
    .filter((id) => {
      try {
        const words = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
        return words[1] === command && words[2] === "job" && words[3] === out;
      } catch {
        return false; // it has ended meanwhile
      }
    })
    .map(Number);
}

/** Whether a signal waits for a process that is stopped. */
export function isAsked(id: number, signal: NodeJS.Signals): boolean {
  const [, pending = "0"] = /^ShdPnd:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${id}/status`, "utf8")) ?? [];
  return ((BigInt(`0x${pending}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

/** Waits until so many jobs of a run have validated at least once, so that an interruption costs something. */
export async function validated(out: string, jobs: number, seconds = 60): Promise<void> {
  const states = () =>
    existsSync(join(out, "jobs"))
      ? readdirSync(join(out, "jobs"), { recursive: true, encoding: "utf8" }).filter((path) =>
          path.endsWith("state.bin"),
        )
      : [];
  await until(`${jobs} jobs have validated`, () => states().length >= jobs, seconds);
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

/** Files of a run that no finished run has: attempts and what was being written. */
export function leftovers(out: string): string[] {
  const paths = readdirSync(join(out, "jobs"), { recursive: true, encoding: "utf8" });
  return paths.filter((path) => /attempts|\.writing$|\.lock$|state\.bin$/.test(path));
}
