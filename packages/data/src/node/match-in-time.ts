import { type Context, createContext, runInContext } from "node:vm";
import { InputError } from "@em-stellar/core";
import { firstMatch } from "../pairing.js";

/** Far more than any expression needs for a name that does not send it back and forth. */
const longest = 1000; // ms

/**
 * {@link firstMatch} that ends: some expressions, such as `(a+)+$`, need years for a name of 50 letters. Throws `InputError`
 * after a second.
 */
export function matchInTime(expression: string, text: string): string | undefined {
  return inTime(
    () => firstMatch(expression, text),
    `The regular expression ${JSON.stringify(expression)} takes too long on the name "${text}": it repeats something that repeats itself. Use a plainer one, such as "^[^_]+".`,
  );
}

/** Made once, at the first use. */
let context: Context | undefined;

/** Runs what may try for ever; a regular expression can be stopped from outside only. */
export function inTime<T>(run: () => T, problem: string): T {
  try {
    context ??= createContext();
    context.run = run;
    return runInContext("run()", context, { timeout: longest }) as T;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") throw new InputError(problem);
    throw error;
  }
}
