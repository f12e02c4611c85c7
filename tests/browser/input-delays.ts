import type { Page } from "playwright-core";

/** How long inputs wait until a page can answer them, in milliseconds. */
export interface InputDelays {
  readonly median: number;
  /** What 99 of 100 inputs wait at most: a machine that is busy with other things may be late with one. */
  readonly high: number;
  readonly most: number;
}

/** Clicks in the corner of a page, where nothing is. */
export async function inputDelays(page: Page, clicks = 200): Promise<InputDelays> {
  await page.evaluate(`{
    globalThis.delays = [];
    addEventListener("pointerdown", ({ timeStamp }) => delays.push(performance.now() - timeStamp), { capture: true });
  }`);
  for (let click = 0; click < clicks; click++) {
    await page.mouse.click(5, 5);
    await page.waitForTimeout(25);
  }
  const delays = (await page.evaluate<number[]>("delays")).toSorted((a, b) => a - b);
  if (delays.length !== clicks) throw new Error(`The page was told of ${delays.length} of ${clicks} clicks.`);
  const at = (share: number) => delays[Math.ceil(share * clicks) - 1] as number; // within them
  return { median: at(0.5), high: at(0.99), most: at(1) };
}
