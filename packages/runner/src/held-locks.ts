type Release = () => Promise<void>;

/**
 * Locks of which whoever has the store may take one that it has already: it is given back with the last of them. `take` takes
 * a lock from other processes.
 */
export function createHeldLocks(
  take: (path: string, patience: number) => Promise<Release>,
): (path: string, patience?: number) => Promise<Release> {
  const held = new Map<string, { holders: number; readonly taken: Promise<Release> }>();
  return async (path, patience = 0) => {
    const lock = held.get(path) ?? { holders: 0, taken: take(path, patience) };
    held.set(path, lock);
    lock.holders++;
    const release = await lock.taken.catch((error: unknown) => {
      if (held.get(path) === lock) held.delete(path);
      throw error;
    });
    return async () => {
      if (--lock.holders > 0) return;
      held.delete(path);
      await release();
    };
  };
}
