/** What is used of a Web Worker's global scope. */
interface WorkerScope {
  onmessage: (event: { readonly data: unknown }) => void;
  postMessage(message: unknown): void;
  reportError(error: unknown): void;
}

/** Makes a module the program of a worker that `runInWorker` starts: it gets one order, and tells what it has to tell. */
export function workerProgram<Order, Message>(
  carryOut: (order: Order, tell: (message: Message) => void) => Promise<void>,
) {
  const scope = globalThis as unknown as WorkerScope; // whoever calls this is the program of a worker
  scope.onmessage = ({ data }) => {
    // runInWorker sends what its caller calls an order.
    const order = data as Order;
    carryOut(order, (message) => scope.postMessage(message)).then(
      () => scope.postMessage("end"),
      (error) => scope.reportError(error), // a rejection would not reach the page
    );
  };
}
