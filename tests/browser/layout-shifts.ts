import type { Page } from "playwright-core";

/** Adds up, from now on, by how much a page moves by itself what it shows: the sum of its layout shifts (web.dev/cls), 0 for none. */
export async function watchLayout(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(`{
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifted += entry.value;
    }).observe({ type: "layout-shift" });
  }`);
  return () => page.evaluate<number>("shifted");
}
