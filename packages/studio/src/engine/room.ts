import { InputError } from "@em-stellar/core";

const remedy =
  "Remove files on the screen Data or earlier benchmarks on the screen Train, or free space on the disk. Then go on.";

/** What to tell of an error that means that the browser has no more room for the page; undefined for any other. */
export function noRoom(error: unknown): string | undefined {
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return `The browser has no more room for this page. What was kept before is still there. ${remedy}`;
  }
  return error instanceof Error && error.cause !== undefined ? noRoom(error.cause) : undefined;
}

/** Throws `InputError`, which calls it `what`, where so many bytes would not have room in an empty storage. */
export async function requireRoomFor(bytes: number, what: string): Promise<void> {
  const { quota } = (await navigator.storage.estimate?.()) ?? {};
  if (quota === undefined || bytes < quota) return;
  const megabytes = (number: number) => `${Math.ceil(number / 1e6)} MB`;
  throw new InputError(
    `${what} needs ${megabytes(bytes)}, and the browser has room for ${megabytes(quota)}. The project that is open here stays. Free space on the disk, then open the file again.`,
  );
}
