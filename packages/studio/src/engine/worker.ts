import { EmStellarError } from "@em-stellar/core";
import { handlers } from "./handlers.js";
import { inPageWords } from "./in-page-words.js";
import type { Question, Reply } from "./protocol.js";
import { noRoom } from "./room.js";
import { transferOf } from "./transfer.js";

/** What is used of a worker's global scope, which the types of a page do not have. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(message: Reply, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope; // this file is the program of a worker
const running = new Map<number, AbortController>();

scope.onmessage = ({ data: question }) => {
  if (question.type === "cancel") running.get(question.id)?.abort();
  else answer(question);
};

async function answer({ id, name, asked }: Extract<Question, { type: "ask" }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    // The client sends what the name stands for; which of them it is cannot be told here.
    const handler = handlers[name] as unknown as (asked: unknown, call: unknown) => Promise<unknown>;
    const call = { tell: (told: unknown) => scope.postMessage({ type: "told", id, told }), signal: controller.signal };
    const answered = await handler(asked, call);
    scope.postMessage({ type: "answered", id, answered }, transferOf(answered));
  } catch (error) {
    const full = noRoom(error);
    const message = error instanceof Error ? error.message : String(error);
    const isOurs = full !== undefined || error instanceof EmStellarError;
    const told = full ?? (isOurs ? inPageWords(message) : `Something went wrong that should not: ${message}`);
    scope.postMessage({ type: "failed", id, message: told, isOurs });
  } finally {
    running.delete(id);
  }
}
