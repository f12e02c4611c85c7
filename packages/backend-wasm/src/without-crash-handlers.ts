/** The part of Node's `process` that is used here. */
interface EventSource {
  listeners(event: string): ((...given: unknown[]) => void)[];
  removeListener(event: string, listener: (...given: unknown[]) => void): void;
}

const events = ["uncaughtException", "unhandledRejection"];

/**
 * Runs `start` and takes away the process-wide handlers that it added: in Node, Emscripten's start-up code turns every
 * unhandled error of the whole program into one thrown from within tfjs.
 */
export async function withoutCrashHandlers<Result>(start: () => Promise<Result>): Promise<Result> {
  const { process } = globalThis as { process?: Partial<EventSource> };
  if (!process?.listeners || !process.removeListener) return start();
  const source = process as EventSource;
  const before = new Set(events.flatMap((event) => source.listeners(event)));
  try {
    return await start();
  } finally {
    for (const event of events) {
      for (const listener of source.listeners(event)) if (!before.has(listener)) source.removeListener(event, listener);
    }
  }
}
