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

/** Bytes of decoded images for each of so many workers: a quarter of the machine's memory together, or so many MiB. */
export function cacheOf(workers: number, mebibytes?: number): number {
  return Math.floor((mebibytes === undefined ? memory() / 4 : mebibytes * 2 ** 20) / workers);
}

/** Bytes that this process and those that it starts may take together. */
function memory(): number {
  const limit = process.constrainedMemory?.() ?? 0; // of a container; where there is none, 0 or more than there is
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
