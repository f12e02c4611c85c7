import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isInside } from "@em-stellar/runner/node";
import type { Terminal } from "./terminal/terminal.js";

/** Where it is kept which programs were told of: beside the runs of a folder. */
const kept = join("runs", "known-programs.json");

/**
 * Says, before a file of code outside a folder (the current one) is run, that it is one: at its first use from that folder, and
 * again once it has changed. Where that cannot be written down, it is said every time.
 */
export function noticeOfCode(file: string, terminal: Pick<Terminal, "print">, folder = process.cwd()): void {
  if (isInside(file, folder)) return;
  const place = join(folder, kept);
  const known = readKnown(place);
  const hash = hashOf(file);
  if (hash !== undefined && known[file] === hash) return;
  terminal.print(
    `! ${file} is code from outside the current folder and can do whatever you can. Press Ctrl-C if you do not trust its author. This warning appears once, and again if the file changes.`,
  );
  if (hash === undefined) return; // there is none, which is told later
  try {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, `${JSON.stringify({ ...known, [file]: hash }, null, 2)}\n`);
  } catch {
    // A folder that is read only.
  }
}

/** SHA-256 of each program that was told of, by its path. */
function readKnown(place: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(place, "utf8"));
  } catch {
    return {};
  }
}

function hashOf(file: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return undefined;
  }
}
