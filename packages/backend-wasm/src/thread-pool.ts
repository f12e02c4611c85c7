import { EmStellarError } from "@em-stellar/core";
import type { Memory } from "./web-assembly.js";

/** Threads that wait in our module for parts of a job. */
export interface ThreadPool {
  end(): void;
}

interface Thread {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** A page's Worker, as far as it is used here. */
interface PageThread extends Thread {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
}

/** A Worker of Node's worker_threads, likewise. */
interface NodeThread extends Thread {
  on(event: "message", listener: (data: unknown) => void): void;
  on(event: "error", listener: (cause: Error) => void): void;
  unref(): void;
}

interface Globals {
  readonly process?: {
    getBuiltinModule?(name: "worker_threads"): { readonly Worker: new (code: URL) => NodeThread };
  };
  readonly Worker: new (code: string) => PageThread;
  readonly Blob: new (parts: readonly string[], options: { readonly type: string }) => object;
  readonly URL: { new (url: string): URL; createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
}

interface URL {
  readonly href: string;
}

/** A thread's whole program: it puts the module over the memory that it is sent, says so, and serves. */
const serve = `async ({ bytes, memory, control }, ready) => {
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  ready();
  instance.exports.serve(control);
}`;
const inNode = `import { parentPort } from "node:worker_threads";
const serve = ${serve};
parentPort.once("message", (work) => serve(work, () => parentPort.postMessage("ready")));`;
const inPage = `const serve = ${serve};
onmessage = ({ data }) => serve(data, () => postMessage("ready"));`;

/** Starts `count` threads on the module's bytes and the shared memory; `control` is where assembly/threads.ts keeps its block. */
export async function startThreads(
  count: number,
  bytes: Uint8Array,
  memory: Memory,
  control: number,
): Promise<ThreadPool> {
  // Neutral code knows neither Node nor the page.
  const globals = globalThis as unknown as Globals;
  const node = globals.process?.getBuiltinModule?.("worker_threads");
  const threads: Thread[] = [];
  const end = () => {
    for (const thread of threads) thread.terminate();
  };
  const started = Array.from({ length: count }, () => {
    return new Promise<void>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new EmStellarError(`backend "wasm" could not start its threads: ${why}. Use wasm({ threads: 1 }).`));
      if (node) {
        const thread = new node.Worker(new globals.URL(`data:text/javascript,${encodeURIComponent(inNode)}`));
        threads.push(thread);
        thread.on("message", () => {
          thread.unref(); // an idle thread keeps no process alive
          resolve();
        });
        thread.on("error", ({ message }) => fail(message));
        thread.postMessage({ bytes, memory, control });
      } else {
        const url = globals.URL.createObjectURL(new globals.Blob([inPage], { type: "text/javascript" }));
        const thread = new globals.Worker(url);
        threads.push(thread);
        thread.onmessage = () => {
          globals.URL.revokeObjectURL(url);
          resolve();
        };
        thread.onerror = ({ message }) => fail(message ?? "a worker failed");
        thread.postMessage({ bytes, memory, control });
      }
    });
  });
  try {
    await Promise.all(started);
  } catch (cause) {
    end();
    throw cause;
  }
  return { end };
}
