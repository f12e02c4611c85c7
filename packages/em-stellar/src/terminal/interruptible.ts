import { ExitStatus } from "./exit-status.js";
import type { Terminal } from "./terminal.js";

/** What a shell gives a program that one of these ended: 128 and the number of the signal. */
const statusOf = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;

/** Milliseconds after which a second Ctrl-C is one: npm passes the first one on to a program that has got it already. */
const again = 1000;

/** Work that Ctrl-C stops, as do SIGTERM, the end of the terminal and whoever reads the output but leaves, as `head` does. */
export interface InterruptibleWork<T> {
  /** What is said when it does. */
  readonly stopped: string;
  /** The exit status, where it is not the one that shells know for the signal. */
  readonly status?: number;
  /** `finishing` is called where a moment later everything is there: from then on the first signal changes nothing. */
  work(signal: AbortSignal, finishing: () => void): Promise<T>;
}

/**
 * Does work that ends by a signal: the live block goes, a line says what is left, and an `ExitStatus` is thrown when all that was
 * started has ended. A second signal ends the process at once.
 */
export async function interruptible<T>(
  { stopped, status, work }: InterruptibleWork<T>,
  terminal: Terminal,
): Promise<T> {
  const stopping = new AbortController();
  let isFinishing = false;
  let asked: number | undefined;
  const stop = (name: keyof typeof statusOf) => {
    if (asked !== undefined && Date.now() - asked > again) process.exit(status ?? statusOf[name]);
    asked ??= Date.now();
    if (isFinishing || stopping.signal.aborted) return;
    terminal.close();
    terminal.print(stopped);
    stopping.abort(new ExitStatus(status ?? statusOf[name]));
  };
  const onClosed = (error: Error) => {
    if ("code" in error && error.code === "EPIPE" && asked === undefined) stop("SIGPIPE");
  };
  const signals = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, stop);
  process.stdout.on("error", onClosed);
  try {
    return await work(stopping.signal, () => {
      isFinishing = true;
    });
  } finally {
    for (const name of signals) process.off(name, stop);
    process.stdout.off("error", onClosed);
    terminal.close();
  }
}
