import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "@em-stellar/core";
import { createTiffEncoder } from "@em-stellar/data";
import type { Page } from "playwright-core";

/** A stack as large as those that people look through. */
export const largeStack = { side: 1024, pages: 100 };

/** Writes a TIFF of stripes and noise that has a page of each size. */
export function writeStack(file: string, sides: readonly { width: number; height: number }[]): void {
  const encoder = createTiffEncoder(sides, 8);
  const random = createRandom(5);
  const parts: Uint8Array[] = [];
  for (const [page, { width, height }] of sides.entries()) {
    const noise = Uint8Array.from({ length: 4096 }, () => random.integer(40));
    const rows = Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return 100 + ((x * 7 + y * 3 + page * 11) % 90) + (noise[(i * 31) % 4096] as number); // within the noise
    });
    parts.push(...encoder.add(rows));
  }
  parts.push(...encoder.end());
  writeFileSync(file, Buffer.concat(parts));
}

/**
 * Chooses the large stack, which is written into a folder, on the screen Segment of a page: the seconds until its first page is
 * seen. In the page, `decoded` tells which pages the engine was asked for, and `longest` the longest frame, in milliseconds.
 */
export async function openLargeStack(page: Page, folder: string): Promise<number> {
  const file = join(folder, "large.tif");
  writeStack(file, Array(largeStack.pages).fill({ width: largeStack.side, height: largeStack.side }));
  await page.addInitScript(watch);
  await page.reload();
  await page.goto("#/segment");
  const input = page.locator('input[aria-label="images to segment, files"]');
  await input.waitFor({ state: "attached" });
  await input.setInputFiles(file);
  return page.evaluate<number>("seen.then((time) => (time - began) / 1000)");
}

/** Runs in the page before it loads. */
const watch = `
  globalThis.decoded = [];
  globalThis.longest = 0;
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.name === "read-page") decoded.push(message.asked.page);
    return postMessage.call(this, message, ...rest);
  };
  let before;
  document.addEventListener("change", () => { globalThis.began = before = performance.now(); }, { capture: true });
  globalThis.seen = new Promise((resolve) => {
    const frame = (now) => {
      if (before !== undefined) longest = Math.max(longest, now - before);
      if (before !== undefined) before = now;
      const canvas = document.querySelector(".stage canvas");
      const { data } = canvas?.width ? canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1) : {};
      if (data?.[3] === 255) resolve(performance.now());
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
`;
