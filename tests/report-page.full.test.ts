import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { drawPages } from "./report/pages.js";

/** How high a page may be, in pixels, on a phone, a tablet and a desk. */
const highest = { 390: 15_500, 800: 12_000, 1280: 10_500 };

describe.skipIf(!hasChromium)("the pages, as a reader sees them (needs Chromium: scripts/install-chromium.sh)", () => {
  let browser: Browser;
  let folder: string;
  let pages: Record<string, string>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pages-"));
    pages = await drawPages(folder);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(kind: string, width: number, colorScheme: "light" | "dark"): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) elsewhere.push(request.url());
    });
    page.on("pageerror", ({ message }) => elsewhere.push(message));
    await page.goto(pathToFileURL(pages[kind] as string).href);
    expect(elsewhere).toEqual([]);
    return page;
  }

  for (const kind of ["report", "transfer", "evaluation", "comparison", "features"]) {
    it(`the ${kind} has headings with the words of the links that lead to them`, async () => {
      const page = await open(kind, 1280, "light");
      const pairs = await page.evaluate<[string, string][]>(`[...document.querySelectorAll("nav a")].map((link) =>
        [link.textContent, document.querySelector(link.getAttribute("href") + " h2").textContent])`);
      expect(pairs.length).toBeGreaterThan(1);
      for (const [title, heading] of pairs)
        expect(heading.toLowerCase()).toContain(title.toLowerCase().replace(/s$/, ""));
      await page.close();
    });

    it(`the ${kind} is one file under 5 MB`, async () => {
      expect((await readFile(pages[kind] as string)).byteLength).toBeLessThan(5_000_000);
    });

    for (const width of [390, 800, 1280] as const) {
      it.each(["light", "dark"] as const)(
        `the ${kind} at ${width} pixels, %s: nothing is cut, empty or too long`,
        async (scheme) => {
          const page = await open(kind, width, scheme);
          expect(await page.evaluate<string[]>(`(${cutOff})()`)).toEqual([]);
          expect(await page.evaluate<string[]>(`(${emptyCharts})()`)).toEqual([]);
          const height = await page.evaluate<number>("document.documentElement.scrollHeight");
          expect(height).toBeLessThan(highest[width]);
          await page.close();
        },
      );
    }

    it.each(["light", "dark"] as const)(`axe finds no fault in the ${kind}, %s, unfolded`, async (scheme) => {
      const page = await open(kind, 800, scheme);
      await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
      await page.addScriptTag({ content: axe.source });
      const faults = await page.evaluate<string[]>(`axe.run().then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 150)).join(" | ")))`);
      expect(faults).toEqual([]);
      await page.close();
    });
  }

  it("thumbnails of a row have the same top, and none is alone in its row on a wide page", async () => {
    const page = await open("report", 1280, "light");
    const rows = await page.evaluate<number[][]>(`[...document.querySelectorAll("#pictures .methods, #pictures .views")]
      .filter((grid) => grid.checkVisibility())
      .map((grid) => [...grid.querySelectorAll("figure > svg")].map((svg) => Math.round(svg.getBoundingClientRect().top)))`);
    expect(rows.length).toBeGreaterThanOrEqual(6); // three images, their views and their methods
    for (const tops of rows) {
      const counts = [...new Set(tops)].map((top) => tops.filter((other) => other === top).length);
      expect(Math.min(...counts)).toBeGreaterThan(1);
    }
    await page.close();
  });

  it("the command names the run folder, and a click on a thumbnail brings it to the slider", async () => {
    const page = await open("report", 1280, "light");
    // Of these networks, trained for seconds, none beats the floors: there is a command for each, and advice against it.
    expect(await page.locator("#use-best").count()).toBe(0);
    const warning = await page.textContent("#warnings");
    expect(warning).toMatch(/(?:[\w-]+ \(jaccard [\d.]+\)(?:, )?){3} do not beat the floor "smoothed-threshold"/);
    expect(await page.textContent("#use p")).toMatch(/does not beat .*, which is only a floor\. Train longer/);
    const commands = await page.locator("#use .command code").allTextContents();
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const [, model = ""] = /^npx em-stellar predict (\S+) IMAGES --out segmented$/.exec(command) ?? [];
      expect(model).toMatch(new RegExp(`^${join(folder, "report-run")}/jobs/[\\w-]+/fold-\\d/seed-1$`));
    }
    const shown = () => page.getAttribute("#pictures .compare .overlay", "href");
    const before = await shown();
    await page.click("#pictures .methods figure:nth-child(2) svg");
    expect(await shown()).not.toBe(before);
    await page.close();
  });

  it("on paper every folded part is open, and BibTeX is whole", async () => {
    const page = await open("report", 1280, "dark");
    const file = join(folder, "report.pdf");
    await writeFile(file, await page.pdf({ format: "A4" }));
    expect(await page.evaluate("document.querySelectorAll('details[open]').length")).toBe(0); // folded again
    await page.emulateMedia({ media: "print" });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.evaluate("document.querySelectorAll('details:not([open])').length")).toBe(0);
    expect(await page.evaluate<string[]>(`(${cutOff})()`)).toEqual([]);
    // Nothing is larger than the headings of its section.
    const sizes = await page.evaluate<number[]>(`["h2", "h3", "p", "td", "figcaption"].map((name) =>
      Math.max(...[...document.querySelectorAll("section " + name)].map((node) => parseFloat(getComputedStyle(node).fontSize))))`);
    expect(sizes.slice(1).every((size) => size <= (sizes[0] as number))).toBe(true);
    expect(Math.max(...sizes.slice(2))).toBeLessThanOrEqual(sizes[1] as number);
    await page.close();
    const text = textOfPdf(file);
    if (text === undefined) return; // without poppler, the checks above have to do
    for (const part of [
      "words explained",
      "10.1093/bioinformatics/btaa1094",
      "How colours are chosen",
      "Validation images",
    ])
      expect(text).toContain(part);
  });
});

/** The text of a PDF by poppler; undefined where that is not installed. */
function textOfPdf(file: string): string | undefined {
  try {
    return execFileSync("pdftotext", [file, "-"], { encoding: "utf8" });
  } catch {
    return undefined;
  }
}

/** In the page: what reaches out of the page's sides, but for what scrolls within itself, and words cut by their chart's edge. */
const cutOff = `function () {
  const wide = document.documentElement.clientWidth;
  const faults = document.documentElement.scrollWidth > wide ? ["the page scrolls sideways"] : [];
  for (const node of document.querySelectorAll("body *:not(svg *)")) {
    if (node.closest(".scroll, .store") || !node.checkVisibility({ checkOpacity: true })) continue;
    const { left, right, width } = node.getBoundingClientRect();
    if (width > 0 && (left < -1 || right > wide + 1)) faults.push(node.outerHTML.slice(0, 120));
  }
  for (const text of document.querySelectorAll("svg text")) {
    const chart = text.ownerSVGElement.getBoundingClientRect();
    const { left, right, top, bottom } = text.getBoundingClientRect();
    if (left < chart.left - 2 || right > chart.right + 2 || top < chart.top - 2 || bottom > chart.bottom + 2) faults.push(text.outerHTML);
  }
  return faults;
}`;

/** In the page: charts without a mark in the part of them that is seen before anything is scrolled. */
const emptyCharts = `function () {
  return [...document.querySelectorAll("main svg[role=img]")].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
    const seen = (svg.closest(".scroll") ?? document.documentElement).getBoundingClientRect();
    const marks = [...svg.querySelectorAll("path, circle, rect, line, use, image, text")].filter((mark) => {
      const { left, right, width, height } = mark.getBoundingClientRect();
      return width + height > 0 && left < seen.right && right > seen.left && !mark.closest("defs, .role-axis, [class*=background]");
    });
    return marks.length > 1 || svg.querySelector("use") ? [] : [svg.getAttribute("aria-label")];
  });
}`;
