import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Windows that the page has to fit in, in CSS pixels: 640 are left of 1280 where a browser enlarges by 200 %. */
const windows = {
  wide: { width: 1280, height: 900 },
  enlarged: { width: 640, height: 450 },
  phone: { width: 390, height: 844 },
};

/** What axe-core finds wrong with a page as it is now: `color-contrast: .muted`. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ": " + target.join(" "))))`);
}

/** The same in windows of each size, and whether the page is wider than its window: `phone, wider than the window: .card`. */
export async function violationsOfSizes(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const [name, size] of Object.entries(windows)) {
    await page.setViewportSize(size);
    // Once everything has its place.
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
    const wide = await page.evaluate<string[]>(tooWide);
    for (const each of [...(await violations(page)), ...wide]) found.push(`${name}, ${each}`);
  }
  await page.setViewportSize(windows.wide);
  return found;
}

/** What reaches out of the window, and lies in nothing that scrolls by itself. */
const tooWide = `(() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const scrolls = (element) => getComputedStyle(element).overflowX !== "visible";
  const isInside = (element) => {
    for (let each = element.parentElement; each && each !== document.body; each = each.parentElement) if (scrolls(each)) return true;
    return false;
  };
  const all = [...document.querySelectorAll("body *")];
  const wide = all.filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !isInside(each));
  return ["wider than the window", ...wide.map((each) => each.outerHTML.slice(0, 80))].slice(0, 5);
})()`;
