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
}

/** Looks at the machine that this process runs on. */
export function describeMachine(): Machine {
  return {
    versions: { "em-stellar": version(), tfjs: version_core, node: process.versions.node },
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: availableParallelism(),
    memory: { total: totalmem(), free: freemem() },
  };
}
