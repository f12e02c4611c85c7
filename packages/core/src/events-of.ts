/**
 * Turns work that tells what happens by a callback into an iterator of events, which ends with what the work returns. Where
 * the consumer leaves before the end, the next event that is told throws, so that the work ends too; the iterator waits
 * for it.
 */
export async function* eventsOf<E, T = void>(work: (tell: (event: E) => void) => Promise<T>): AsyncGenerator<E, T> {
  const waiting: E[] = [];
  let wake = () => {};
  let [ended, left] = [false, false];
  const result = work((event) => {
    if (left) throw new Error("Nobody listens any more.");
    waiting.push(event);
    wake();
  });
  const end = () => {
    ended = true;
    wake();
  };
  result.then(end, end);
  try {
    while (true) {
      while (waiting.length > 0) yield waiting.shift() as E; // its length was just looked at
      if (ended) return await result;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    left = true;
    await result.catch(() => {}); // thrown above, unless nobody listens
  }
}
