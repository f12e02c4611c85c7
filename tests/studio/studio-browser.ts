import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";

/** A browser profile of its own that has the studio open. */
export interface StudioProfile {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page and of its console, and requests that left its origin. */
  readonly problems: string[];
}

/** Opens the studio in a fresh profile. */
export async function openProfile(browser: Browser, address: string): Promise<StudioProfile> {
  const context = await browser.newContext({ baseURL: address, viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(120_000); // of a machine that does other things beside
  const problems: string[] = [];
  context.on("weberror", (error) => problems.push(error.error().message));
  context.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  context.on("request", (request) => {
    const isOurs = [address, "blob:", "data:"].some((start) => request.url().startsWith(start));
    if (!isOurs) problems.push(`a request left the page: ${request.url()}`);
  });
  const page = await context.newPage();
  await page.goto(address);
  return { context, page, problems };
}

/** Computes on the processor, or on WebGPU, which software plays where there is no graphics processor. */
export async function chooseDevice(page: Page, device: "wasm" | "webgpu"): Promise<void> {
  const summary = page.locator(".badge summary").first();
  await summary.click();
  await page.locator(".badge select").selectOption(device);
  if (device === "webgpu") await page.getByLabel(/^Accept a graphics processor that software imitates/).check();
  await summary.click();
}

/** Presses a button and gives the file that the page saves. */
export async function saved(page: Page, button: string): Promise<Uint8Array<ArrayBuffer>> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: button, exact: true }).click();
  return Uint8Array.from(readFileSync(await (await download).path()));
}
