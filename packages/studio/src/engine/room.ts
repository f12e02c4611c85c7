const remedy =
  "Remove files on the screen Data or earlier benchmarks on the screen Train, or free space on the disk. Then go on.";

/** What to tell of an error that means that the browser has no more room for the page; undefined for any other. */
export function noRoom(error: unknown): string | undefined {
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return `The browser has no more room for this page. What was kept before is still there. ${remedy}`;
  }
  return error instanceof Error && error.cause !== undefined ? noRoom(error.cause) : undefined;
}
