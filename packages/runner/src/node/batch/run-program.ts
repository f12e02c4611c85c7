import { execFile } from "node:child_process";
import { type EmStellarError, InputError } from "@em-stellar/core";
import { EngineError } from "./engine.js";

/** Seconds that a program of an engine may take to answer. */
const deadline = 30;

/** What engines say where they cannot be reached for the moment. */
const unreachable =
  /unable to contact|unreachable|no running instance|connect|timed out|time ?out|try again|temporar|server .*not .*running/i;

/** What a program prints. Throws `EngineError` where it fails or takes too long, `InputError` where it is not installed. */
export function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: 1000 * deadline, maxBuffer: 2 ** 28, killSignal: "SIGKILL" } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      reject(explained(error, program, wordsOf(stderr) || wordsOf(stdout)));
    });
  });
}

/** What a program says of an error, without the places in its code. */
function wordsOf(output: string): string {
  return (output.split(/\n*\s*Stack backtrace:|\\n\\nStack backtrace/)[0] ?? "").trim();
}

function explained(error: Error & { code?: unknown; killed?: boolean }, program: string, said: string): EmStellarError {
  if (error.code === "ENOENT") {
    return new InputError(
      `The program ${program} was not found. Run this command on a machine of the cluster where \`${program}\` works.`,
    );
  }
  if (error.killed) return new EngineError(`${program} did not answer within ${deadline} s.`, false);
  const words = said === "" ? error.message : said;
  return new EngineError(`${program} failed: ${words}`, !unreachable.test(words));
}
