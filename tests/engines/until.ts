import { setTimeout as wait } from "node:timers/promises";

/** Waits until something is true; throws, and says what was waited for, where it is not within so many seconds. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  seconds: number,
  details = () => "",
): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain: ${what}. ${details()}`);
    await wait(100);
  }
}
