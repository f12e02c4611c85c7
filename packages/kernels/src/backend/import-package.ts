import { BackendUnavailableError } from "./backend-unavailable-error.js";

/** Imports an optional peer package; where it is missing, the error says what to install. */
export async function importPackage<Module>(
  backend: string,
  packageName: string,
  load: () => Promise<Module>,
  remedy = `Install it: npm install ${packageName}@^4.22.0`,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause, packageName)) throw cause;
    throw new BackendUnavailableError({
      backend,
      status: "missing",
      problem: `The package ${packageName} is not installed.`,
      remedy,
    });
  }
}

/** Whether the package itself is what could not be found, and not something that it imports. */
function isMissing(cause: unknown, packageName: string): boolean {
  if (!(cause instanceof Error)) return false;
  const code = "code" in cause ? cause.code : undefined;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return false;
  return /Cannot find (?:package|module) '([^']*)'/.exec(cause.message)?.[1] === packageName;
}
