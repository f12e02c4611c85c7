import { readFileSync } from "node:fs";

/** Whether a process is there and has not ended, collected or not. */
export function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)\s/s, "")[0];
    return state !== "Z";
  } catch {
    return false;
  }
}
