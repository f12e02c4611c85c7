import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holm, wilcoxonSignedRank } from "@em-stellar/analysis";
import { imageFolder, imageStack } from "@em-stellar/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { understand } from "../packages/em-stellar/src/init/understand.js";
import { layouts } from "./draw-layouts.js";
import { packages, root } from "./workspace.js";

// What the pages for newcomers say, against what the program does.

const pageOf = (name: string) => readFileSync(join(root, "docs", name), "utf8");

/** The rows of all tables of a page, cell by cell, headers and rules left out. */
function rowsOf(page: string): string[][] {
  const lines = page.split("\n");
  const isRule = (line = "") => /^\|[-:| ]+\|$/.test(line);
  return lines
    .filter((line, i) => line.startsWith("|") && !isRule(line) && !isRule(lines[i + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

describe("Prepare your data", () => {
  const rows = new Map(rowsOf(pageOf("prepare-your-data.md")).map(([name = "", , line = ""]) => [name, line]));
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "em-stellar-pages-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(layouts.map((layout, i) => ({ ...layout, i })))("has a line that reads $name", async (layout) => {
    const { name, draw, understood, i } = layout;
    const place = join(folder, String(i));
    draw(place);
    const { data } = JSON.parse(`{ ${rows.get(name)?.replaceAll("`", "")} }`);
    const source = data.id === "image-stack" ? imageStack(data.options) : imageFolder(data.options);
    const { train, test } = await source.open({ folder: place });
    const { dataset } = await understand(place, "asks" in understood ? { images: "A", masks: "B" } : {});
    const ids = (samples: typeof train) => samples.map(({ id }) => id);
    expect([ids(train), ids(test)]).toEqual([ids(dataset.train), ids(dataset.test)]);
    for (const sample of [...train, ...test]) await sample.mask?.(); // its values are understood
  });
});

describe("When something goes wrong", () => {
  const sources = packages.flatMap(({ sources }) => sources);
  const scripts = [...readdirSync(join(root, "scripts"))]
    .filter((name) => name.endsWith(".mjs"))
    .map((name) => join(root, "scripts", name));
  const code = [...sources, ...scripts, join(root, "packages/em-stellar/bin/em-stellar.cjs")]
    .map((file) => readFileSync(file, "utf8"))
    .join("\n")
    .replaceAll('\\"', '"');
  const messages = rowsOf(pageOf("when-something-goes-wrong.md")).flatMap(
    ([cell = ""]) => /^`(.+)`$/.exec(cell)?.[1] ?? [],
  );

  it.each(messages)("the program says: %s", (message) => {
    const parts = message.split("…").map((part) => part.replace(/^error: /, "").trim());
    expect(parts.join("").length).toBeGreaterThan(8);
    expect(parts.filter((part) => !code.includes(part))).toEqual([]);
  });
});

describe("Which network, how many images, how long", () => {
  const rows = rowsOf(pageOf("which-network.md"));

  it("has the least number of test images with which a difference can be shown", () => {
    const least = rows.filter((row) => row.length === 2 && row.every((cell) => /^\d+$/.test(cell)));
    expect(least.length).toBeGreaterThan(3);
    for (const [others, images] of least.map((row) => row.map(Number) as [number, number])) {
      // two numbers
      /** The corrected p of a method that every other one beats on every image. */
      const best = (count: number) => {
        const { p } = wilcoxonSignedRank(
          Array.from({ length: count }, (_, i) => i + 1),
          Array.from({ length: count }, () => 0),
        );
        return Math.max(...holm(Array.from({ length: others }, () => p)));
      };
      expect(best(images)).toBeLessThanOrEqual(0.05);
      expect(best(images - 1)).toBeGreaterThan(0.05);
    }
  });

  it("has weights and operations of complexity.md", () => {
    const lines = pageOf("complexity.md")
      .split("\n")
      .map((line) => line.trim().split(/\s{2,}/));
    const cost = (network: string) => {
      const [, weights, , operations = ""] = lines.find(([name]) => name === network) ?? [];
      return { weights, operations: Number.parseFloat(operations) };
    };
    const shown = rows.filter((row) => row.length === 3 && /^`.*`$/.test(row[0] ?? ""));
    expect(shown.length).toBeGreaterThan(3);
    for (const [name = "", weights, share] of shown) {
      const network = cost(name.replaceAll("`", ""));
      expect(weights).toBe(network.weights);
      const digits = (share?.split(".")[1] ?? "").length;
      expect((network.operations / cost("unet-bn").operations).toFixed(digits)).toBe(share);
    }
  });

  it("has times of a training that follow from the step of performance.md", () => {
    const measured = rowsOf(pageOf("performance.md")).find(
      ([what, work, threads]) => what === "unet-bn, base 16" && work === "training step, 256²" && threads === "1",
    );
    const step = Number(/256 pixels takes ([\d.]+) s on one processor core/.exec(pageOf("which-network.md"))?.[1]); // one patch, baseFilters 16
    expect((Number(measured?.[3]) / 1000).toFixed(2)).toBe(step.toFixed(2));
    const times = rows.filter((row) => row.length === 3 && /^\d+$/.test(row[0] ?? ""));
    expect(times.length).toBeGreaterThan(2);
    for (const [filters, patch, time = ""] of times) {
      const seconds = 2000 * 4 * step * (Number(filters) / 16) ** 2 * (Number(patch) / 256) ** 2;
      const shown = Number.parseFloat(time) * (time.endsWith("h") ? 3600 : 60);
      expect(Math.abs(shown / seconds - 1)).toBeLessThan(0.02);
    }
  });
});
