import { isInside } from "./plugin-names.js";
import type { Terminal } from "./terminal/terminal.js";

/** Says, before a file of code outside the current folder is run, that it is one. */
export function noticeOfCode(file: string, terminal: Terminal): void {
  if (isInside(file, process.cwd())) return;
  terminal.print(
    `! ${file} is a program, from outside the current folder, and can do whatever you can. Stop here (Ctrl-C) if you do not trust who wrote it.`,
  );
}
