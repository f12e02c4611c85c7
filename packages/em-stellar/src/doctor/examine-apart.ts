import { fork } from "node:child_process";
import type { Finding } from "./finding.js";

/** Seconds until a process is given up: one that starts, for a GPU's first start is slow, and one that has told all. */
const patience = { start: 60, end: 5 };

/**
 * Starts a backend in a process of its own and tells what came of it. A native library that crashes, and one that keeps its
 * process alive after its release, are findings too. `plugins` are names of packages and ./files. `entry` is a module that sends a finding, as probe.ts does.
 */
export function examineApart(
  backend: string,
  plugins: readonly string[] = [],
  entry: URL = new URL("./probe.js", import.meta.url),
  seconds: { readonly start: number; readonly end: number } = patience,
): Promise<Finding> {
  return new Promise((resolve) => {
    const child = fork(entry, [backend, ...plugins], { silent: true });
    const giveUp = () => child.kill("SIGKILL");
    let timer = setTimeout(giveUp, seconds.start * 1000);
    let finding: Finding | undefined;
    let said = "";
    child.on("message", (message: Finding) => {
      finding = message;
      clearTimeout(timer);
      timer = setTimeout(giveUp, seconds.end * 1000);
    });
    child.stdout?.resume();
    child.stderr?.on("data", (text) => {
      said += text;
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const log = lastWords(said);
      const failed = { status: "failed", ...(log.length > 0 && { log }) } as const;
      if (finding?.status === "failed") resolve({ ...finding, ...failed });
      else if (finding && code === 0) resolve(finding);
      else resolve({ backend, ...failed, problem: describeEnd(finding, code, signal, seconds), remedy });
    });
  });
}

const remedy =
  "A native library is the cause: remove its package, or install another version of it or of the GPU's driver.";

function describeEnd(
  finding: Finding | undefined,
  code: number | null,
  signal: string | null,
  seconds: { readonly start: number; readonly end: number },
): string {
  if (signal !== "SIGKILL")
    return `Its process ended ${finding ? "after" : "before"} it had started (${signal ?? `exit code ${code}`}).`;
  return finding
    ? `It starts, but keeps its process alive for more than ${seconds.end} s after its release.`
    : `It did not start within ${seconds.start} s.`;
}

/** The last lines of what a process wrote, without those of a stack. */
function lastWords(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !/^(\d+: |at |-----)/.test(line)).slice(-3);
}
