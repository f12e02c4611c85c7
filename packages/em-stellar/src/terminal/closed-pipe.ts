/** The part of a stream that reports errors. */
interface ErrorSource {
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Ends output quietly where its reader has left, as `head` does: what follows goes nowhere. Other errors are thrown. */
export function toleratesClosedPipe(output: ErrorSource): void {
  output.on("error", (error) => {
    if (!("code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED"))) throw error;
  });
}
