import { readFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";

/** Version of this package. */
export function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}

/** Where a run takes place, for its results. */
export function environment(): Record<string, string> {
  const cores = cpus();
  return {
    "em-stellar": version(),
    node: process.versions.node,
    system: `${platform()} ${release()} ${arch()}`,
    processor: `${cores[0]?.model.trim() ?? "unknown"} × ${cores.length}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  };
}

/** Seconds that the processor has worked for this process so far, all cores together. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
