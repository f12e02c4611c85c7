/** Pages of a stack that were read, the last ones kept. */
export interface PageCache<Page> {
  /** A page that is kept. */
  peek(index: number): Page | undefined;
  /** Reads a page unless it is kept or on its way. A page that could not be read is read anew when asked for again. */
  get(index: number): Promise<Page>;
}

/** Keeps the pages that were asked for last, as many as `mostBytes` hold, one at least. */
export function createPageCache<Page>(
  read: (index: number) => Promise<Page>,
  bytesOf: (page: Page) => number,
  mostBytes: number,
): PageCache<Page> {
  const kept = new Map<number, Page>();
  const underway = new Map<number, Promise<Page>>();
  const keep = (index: number, page: Page) => {
    kept.delete(index);
    kept.set(index, page);
    let bytes = [...kept.values()].reduce((sum, each) => sum + bytesOf(each), 0);
    for (const [oldest, each] of kept) {
      if (bytes <= mostBytes || kept.size === 1) break;
      bytes -= bytesOf(each);
      kept.delete(oldest);
    }
  };
  return {
    peek: (index) => kept.get(index),
    get(index) {
      const page = kept.get(index);
      if (page !== undefined) {
        keep(index, page);
        return Promise.resolve(page);
      }
      const reading = underway.get(index) ?? begin(index);
      return reading;
    },
  };

  function begin(index: number): Promise<Page> {
    const reading = read(index)
      .then((page) => {
        keep(index, page);
        return page;
      })
      .finally(() => underway.delete(index));
    underway.set(index, reading);
    return reading;
  }
}
