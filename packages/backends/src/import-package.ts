import { EmStellarError } from "@em-stellar/core";

/** Imports an optional peer package; where it is missing, the error says what to install. */
export async function importPackage<Module>(
  backend: string,
  packageName: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause, packageName)) throw cause;
    throw new EmStellarError(
      `backend "${backend}" needs the package ${packageName}, which is not installed. Install it: npm install ${packageName}@^4.22.0`,
    );
  }
}

/** Whether the package itself is what could not be found, and not something that it imports. */
function isMissing(cause: unknown, packageName: string): boolean {
  if (!(cause instanceof Error)) return false;
  const code = "code" in cause ? cause.code : undefined;
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && cause.message.includes(packageName);
}
