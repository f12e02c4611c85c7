import type { Locator } from "playwright-core";

/** Drags files and folders of this machine onto an element and lets them go, as the system does with a real mouse. */
export async function dropFiles(onto: Locator, files: readonly string[]): Promise<void> {
  await onto.scrollIntoViewIfNeeded();
  const box = await onto.boundingBox();
  if (!box) throw new Error("Nothing can be dropped on what is not shown.");
  const page = onto.page();
  const devtools = await page.context().newCDPSession(page);
  const [x, y] = [box.x + box.width / 2, box.y + 12];
  const data = { items: [], files: [...files], dragOperationsMask: 1 }; // 1: they are copied
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await devtools.send("Input.dispatchDragEvent", { type, x, y, data });
  }
  await devtools.detach();
}
