import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where scripts/install-engines.sh puts what Debian does not have. */
const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "em-stellar-engines");

/** A file that scripts/install-engines.sh makes: `python/bin/snakemake`. */
export function installed(path: string): string {
  return join(folder, path);
}

/** Why programs cannot be used: the first that is missing. `undefined` where all are there. */
export function whyMissing(programs: readonly string[], environment: NodeJS.ProcessEnv): string | undefined {
  const missing = programs.find((program) => !isThere(program, environment));
  return missing && `${missing} is not installed: scripts/install-engines.sh installs it`;
}

function isThere(program: string, environment: NodeJS.ProcessEnv): boolean {
  if (program.includes("/")) return existsSync(program);
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { env: environment });
    return true;
  } catch {
    return false;
  }
}
