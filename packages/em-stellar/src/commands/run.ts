import { join } from "node:path";
import { noticeOfCode } from "../code-notice.js";
import { loadSuite } from "../suite-file.js";
import type { Terminal } from "../terminal/terminal.js";
import { type BenchmarkOptions, benchmark } from "./benchmark.js";

/** `em-stellar run SUITE`: a benchmark from a file. */
export async function run(file: string, options: Partial<BenchmarkOptions>, terminal: Terminal): Promise<void> {
  const loaded = await loadSuite(file, (code) => noticeOfCode(code, terminal));
  await benchmark(loaded, { ...options, out: options.out ?? join("runs", loaded.suite.name) }, terminal);
}
