import { appendFileSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { InputError, StoreError } from "@em-stellar/core";
import { makeFolder } from "@em-stellar/runner/node";

/** Writes a file that the user named, and makes its folder where it is missing. Throws `InputError` where that is not possible. */
export function writeOutput(file: string, content: string): Promise<void> {
  return writable(file, () => writeFile(file, content));
}

/** Makes sure that lines can be appended to a file that the user named: the file is there afterwards. Throws as `writeOutput` does. */
export function openForAppending(file: string): Promise<void> {
  return writable(file, () => appendFile(file, ""));
}

/** Appends a line to a file that the user named, while work goes on. Throws `StoreError`. */
export function appendLine(file: string, line: string): void {
  try {
    appendFileSync(file, `${line}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      `${file} can no longer be written (${reason}). Free some space there, or name another file, and run the same command again: finished trainings are kept.`,
    );
  }
}

async function writable(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await makeFolder(dirname(resolve(file)));
    await write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${file} cannot be written (${reason}). Choose another file, or change the permissions of its folder.`,
    );
  }
}
