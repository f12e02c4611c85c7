import { EmStellarError } from "@em-stellar/core";
import { main } from "../../packages/em-stellar/src/cli.js";

/** What errors of EM-stellar's own are called, as a stack begins. */
const own = /^(EmStellar|Input|Store|Locked|NoSuchComponent|BadOption|DuplicateComponent|DamagedFile|Device)Error: /;

/** Characters that move a terminal's cursor, hide text or turn its direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not be printed
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/**
 * Runs a command in this process and returns what it printed. Throws an `EmStellarError` where it is refused as it should be, and any
 * other error for what nobody expected.
 */
export async function play(...args: readonly string[]): Promise<string> {
  let [stdout, stderr] = ["", ""];
  const status = await main(["--debug", ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  if (controls.test(stdout)) throw new Error(`${args[0]} prints ${JSON.stringify(controls.exec(stdout)?.[0])}`);
  if (status === 0) return stdout;
  if (stderr === "") throw new EmStellarError(stdout); // `job` says on stdout why it did nothing
  const message = stderr.replace(/^error: /, "");
  if (own.test(message)) throw new EmStellarError(message.split("\n    at ")[0]);
  const error = new Error(message.split("\n    at ")[0]);
  error.stack = message;
  throw error;
}
