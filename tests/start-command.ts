import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.js";

/** The command as it is built. */
export const command = join(root, "packages/em-stellar/dist/bin.js");

/** How a command ended. */
export interface Ended {
  /** The exit status; `null` where a signal ended it that it does not listen to. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** All that it wrote. */
  readonly said: string;
  readonly seconds: number;
}

/** Starts `em-stellar` with some arguments in a folder. */
export function startCommand(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const began = performance.now();
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (said += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, said, seconds: (performance.now() - began) / 1000 }));
  });
  return { child, ended };
}

/** Processes of this machine whose command line holds a text; none where the system does not tell. */
export function processesWith(text: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    try {
      return readFileSync(`/proc/${id}/cmdline`, "utf8").includes(text);
    } catch {
      return false; // it has ended meanwhile
    }
  });
}
