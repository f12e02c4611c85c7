import type { Page } from "playwright-core";

/**
 * Starts a served program in a Web Worker of the page and sends it `order`; the messages that it sends, up to the one that
 * is `"end"`, all as JSON. Throws what the worker throws.
 */
export function runInWorker<Message>(page: Page, program: string, order: unknown): Promise<Message[]> {
  const url = JSON.stringify(`${program}.js`);
  return page.evaluate<Message[]>(`new Promise((resolve, reject) => {
    const messages = [];
    const worker = new Worker(${url}, { type: "module" });
    const end = (settle, value) => { worker.terminate(); settle(value); };
    worker.onmessage = ({ data }) => (data === "end" ? end(resolve, messages) : messages.push(data));
    worker.onerror = ({ message }) => end(reject, new Error(message ?? "The program ${program} cannot be loaded."));
    worker.postMessage(${JSON.stringify(order)});
  })`);
}
