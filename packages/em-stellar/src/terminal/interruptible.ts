import { ExitStatus } from "./exit-status.js";
import type { Terminal } from "./terminal.js";

/** What a shell gives a program that Ctrl-C ends. */
const interrupted = 130;

/** Work that Ctrl-C stops. */
export interface InterruptibleWork<T> {
  /** What is said when it does. */
  readonly stopped: string;
  /** `finishing` is called where a moment later everything is there: from then on Ctrl-C changes nothing. */
  work(signal: AbortSignal, finishing: () => void): Promise<T>;
}

/** Does work that ends by Ctrl-C: the live block goes, a line says what is left, and an `ExitStatus` is thrown. */
export async function interruptible<T>({ stopped, work }: InterruptibleWork<T>, terminal: Terminal): Promise<T> {
  const stopping = new AbortController();
  let isFinishing = false;
  const onInterrupt = () => {
    if (isFinishing || stopping.signal.aborted) return;
    terminal.close();
    terminal.print(stopped);
    stopping.abort(new ExitStatus(interrupted));
  };
  process.on("SIGINT", onInterrupt);
  try {
    return await work(stopping.signal, () => {
      isFinishing = true;
    });
  } finally {
    process.off("SIGINT", onInterrupt);
    terminal.close();
  }
}
