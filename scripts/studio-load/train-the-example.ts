import type { Page } from "playwright-core";

/** Starts a benchmark of the studio's example that takes hours, and waits for its first validations. */
export async function trainTheExample(page: Page): Promise<void> {
  await page.goto("#/data");
  await page.getByRole("button", { name: "Try the example" }).click();
  await page.locator(".sentences").waitFor();
  await page.goto("#/suite");
  const steps = page.getByLabel("Steps of each training", { exact: true });
  await steps.fill("20000");
  await page.keyboard.press("Tab");
  const suite = page.locator("pre", { hasText: '"steps": 20000' });
  await suite.waitFor({ state: "attached" });
  // Often, so that what a validation leaves is seen.
  const often = ((await suite.textContent()) ?? "").replace(/"validateEvery": \d+/, '"validateEvery": 100');
  const file = { name: "suite.json", mimeType: "application/json", buffer: Buffer.from(often) };
  await page.locator('input[aria-label="Suite"]').setInputFiles(file);
  await page.locator("pre", { hasText: '"validateEvery": 100' }).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Start training" }).click();
  await page.locator(".curve circle").nth(1).waitFor({ state: "attached" });
}
