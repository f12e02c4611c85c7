/**
 * The results for some items in the items' order, `ahead` of them begun at a time: with 1, the next is begun when the one before
 * has been taken. What was begun and is not taken is left to end by itself.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  ahead: number,
  begin: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const begun: Promise<Result>[] = [];
  for (const item of items) {
    const result = begin(item);
    result.catch(() => {}); // told when it is taken
    begun.push(result);
    const first = begun.length >= ahead ? begun.shift() : undefined;
    if (first) yield await first;
  }
  for (const result of begun) yield await result;
}
