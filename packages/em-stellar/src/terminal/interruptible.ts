import type { Terminal } from "./terminal.js";

/** Ctrl-C stopped a command, which has said so itself. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  /** What a shell gives a program that Ctrl-C ends. */
  readonly exitStatus = 130;
}

/** Work that Ctrl-C stops. */
export interface InterruptibleWork<T> {
  /** What is said when it does. */
  readonly stopped: string;
  /** `finishing` is called where a moment later everything is there: from then on Ctrl-C changes nothing. */
  work(signal: AbortSignal, finishing: () => void): Promise<T>;
}

/** Does work that ends by Ctrl-C: the live block goes, a line says what is left, and `Interrupted` is thrown. */
export async function interruptible<T>({ stopped, work }: InterruptibleWork<T>, terminal: Terminal): Promise<T> {
  const stopping = new AbortController();
  let isFinishing = false;
  const onInterrupt = () => {
    if (isFinishing || stopping.signal.aborted) return;
    terminal.close();
    terminal.print(stopped);
    stopping.abort(new Interrupted(stopped));
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
