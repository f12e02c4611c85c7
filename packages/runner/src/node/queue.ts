/** Turns pushed items into an async iterable. */
export function createQueue<T>() {
  const items: T[] = [];
  let ended: { error?: unknown } | undefined;
  let wake = () => {};
  const end = (how: { error?: unknown }) => {
    ended ??= how;
    wake();
  };
  return {
    push(item: T) {
      items.push(item);
      wake();
    },
    close: () => end({}),
    fail: (error: unknown) => end({ error }),
    async *drain(): AsyncGenerator<T> {
      while (true) {
        while (items.length > 0) yield items.shift() as T; // length was just checked
        if (ended && "error" in ended) throw ended.error;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
