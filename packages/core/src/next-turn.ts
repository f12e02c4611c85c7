/** What is used of Node's and of a page's or worker's global scope. */
interface Scope {
  readonly setImmediate?: (callback: () => void) => void;
  readonly MessageChannel: new () => { readonly port1: Port; readonly port2: Port };
}

interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/**
 * Lets timers, signals and messages through. Unlike tfjs's `nextFrame` it does not wait for the screen: in a browser's tab
 * that is hidden there are no frames, and a training in a worker would stand still until someone looks.
 */
export function nextTurn(): Promise<void> {
  const { setImmediate, MessageChannel } = globalThis as unknown as Scope; // neutral code declares neither
  return new Promise((resolve) => {
    if (setImmediate) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
