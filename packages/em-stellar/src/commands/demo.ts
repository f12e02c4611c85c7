import { join } from "node:path";
import { demoSuite } from "../demo-suite.js";
import { builtins } from "../registry.js";
import type { Terminal } from "../terminal/terminal.js";
import { type BenchmarkOptions, benchmark } from "./benchmark.js";

/** `em-stellar demo`: three small networks on invented images, start to end in a few minutes. */
export async function demo(options: Partial<BenchmarkOptions>, terminal: Terminal): Promise<void> {
  const demonstration = { suite: demoSuite(), registry: builtins, folder: process.cwd(), file: null };
  await benchmark(demonstration, { ...options, out: options.out ?? join("runs", "demo") }, terminal);
}
