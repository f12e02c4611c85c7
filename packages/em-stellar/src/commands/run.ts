import { join } from "node:path";
import { noticeOfCode } from "../code-notice.js";
import { loadSuite } from "../suite-file.js";
import type { Terminal } from "../terminal/terminal.js";
import { type BenchmarkOptions, benchmark } from "./benchmark.js";

/** The command's options as they were written. */
export interface RunCommand extends Partial<BenchmarkOptions> {
  /** Says what would be done, and how long it would take. */
  readonly dryRun?: boolean;
}

/** `em-stellar run SUITE`: a benchmark from a file. */
export async function run(file: string, { dryRun, ...options }: RunCommand, terminal: Terminal): Promise<void> {
  const loaded = await loadSuite(file, (code) => noticeOfCode(code, terminal));
  const placed = { ...options, out: options.out ?? join("runs", loaded.suite.name) };
  if (dryRun) await (await import("./dry-run.js")).dryRun(loaded, placed, terminal);
  else await benchmark(loaded, placed, terminal);
}
