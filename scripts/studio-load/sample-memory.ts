import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";

/** The memory of a page at one moment of a training, in bytes. */
export interface Sample {
  readonly minute: number;
  /** What the system gives the tab's process. */
  readonly resident: number;
  /** What the page and its worker hold by their own account, WebAssembly's memory included; garbage is collected first. */
  readonly measured: number;
  /** Steps that all trainings have done together. */
  readonly step: number;
}

export async function sampleMemory(browser: Browser, page: Page, minute: number): Promise<Sample> {
  const measured = await page.evaluate<number>(
    "performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)",
  );
  const resident = residentBytes(await processOfTab(browser));
  const cells = await page.locator("section[aria-label=Trainings] td", { hasText: /^\d+ of \d+$/ }).allTextContents();
  const step = cells.reduce((sum, cell) => sum + Number.parseInt(cell, 10), 0);
  return { minute, resident, measured, step };
}

/** Of the browser's processes that show pages, the one that computes: others are kept ready for the next tab. */
async function processOfTab(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const [busiest] = processInfo.filter(({ type }) => type === "renderer").sort((a, b) => b.cpuTime - a.cpuTime);
  if (!busiest) throw new Error("Chromium names no process that shows a page.");
  return busiest.id;
}

function residentBytes(id: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1];
  return 1024 * Number(kibibytes);
}
