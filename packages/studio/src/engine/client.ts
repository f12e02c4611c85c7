import { noteError } from "../app/last-errors.js";
import type { Question, Reply, RequestName, Requests } from "./protocol.js";

/** What went wrong in the engine, in a sentence for the user. */
class EngineError extends Error {
  override readonly name = "EngineError";
  /** Whether the user's input or device is at fault, and not a mistake in the program. */
  readonly isOurs: boolean;
  constructor(message: string, isOurs: boolean) {
    super(message);
    this.isOurs = isOurs;
  }
}

interface Waiting {
  readonly told: (told: unknown) => void;
  readonly answered: (answered: unknown) => void;
  readonly failed: (error: EngineError) => void;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let last = 0;

/**
 * Asks the engine, whose worker is started at the first question. Rejects with an `EngineError`, and with the reason of `signal`
 * where that is aborted: the engine is told that the answer is not wanted any more.
 */
export function ask<Name extends RequestName>(
  name: Name,
  asked: Requests[Name]["asked"],
  { told, signal }: { readonly told?: (told: Requests[Name]["told"]) => void; readonly signal?: AbortSignal } = {},
): Promise<Requests[Name]["answered"]> {
  const id = ++last;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    waiting.set(id, {
      told: (value) => told?.(value as Requests[Name]["told"]), // the worker's handler of this name is typed so
      answered: (value) => resolve(value as Requests[Name]["answered"]), // likewise
      failed: reject,
    });
    signal?.addEventListener("abort", () => {
      waiting.delete(id);
      send({ type: "cancel", id });
      reject(signal.reason);
    });
    send({ type: "ask", id, name, asked });
  });
}

function send(question: Question): void {
  worker ??= start();
  worker.postMessage(question);
}

function start(): Worker {
  const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "EM-stellar engine" });
  started.onmessage = ({ data: reply }: MessageEvent<Reply>) => {
    const asker = waiting.get(reply.id);
    if (reply.type === "told") {
      asker?.told(reply.told);
      return;
    }
    if (!asker) return; // the question was called off: how that ended is no error
    waiting.delete(reply.id);
    if (reply.type === "answered") asker.answered(reply.answered);
    else {
      noteError(reply.message);
      asker.failed(new EngineError(reply.message, reply.isOurs));
    }
  };
  started.onerror = ({ message }) => {
    // The worker has no memory left, or its code could not be loaded: a new one is started at the next question.
    worker = undefined;
    const error = new EngineError(
      `The engine of the page has ended (${message || "no reason given"}). Reload the page: what was finished is kept.`,
      false,
    );
    for (const { failed } of waiting.values()) failed(error);
    waiting.clear();
  };
  return started;
}
