import { execFile } from "node:child_process";
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from "node:os";
import { version_core } from "@tensorflow/tfjs-core";
import { version } from "../environment.js";

/** What the doctor says of the machine itself. */
export interface Machine {
  readonly versions: { readonly "em-stellar": string; readonly tfjs: string; readonly node: string };
  readonly system: string;
  readonly processor: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Bytes. */
  readonly memory: { readonly total: number; readonly free: number };
  /** The NVIDIA GPUs that `nvidia-smi` lists, with their memory and driver; empty where there is no such program. */
  readonly gpus: readonly string[];
}

/** Looks at the machine that this process runs on. */
export async function describeMachine(): Promise<Machine> {
  return {
    versions: { "em-stellar": version(), tfjs: version_core, node: process.versions.node },
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: availableParallelism(),
    memory: { total: totalmem(), free: freemem() },
    gpus: await nvidiaGpus(),
  };
}

function nvidiaGpus(): Promise<string[]> {
  const query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"];
  return new Promise((resolve) => {
    execFile("nvidia-smi", query, { timeout: 10_000 }, (error, stdout) => {
      const lines = error ? [] : stdout.split("\n").filter((line) => line.includes(","));
      resolve(lines.map((line) => line.trim().replace(/, ([^,]*)$/, ", driver $1")));
    });
  });
}
