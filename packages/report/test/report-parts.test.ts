import { renderReport, reportParts } from "@em-stellar/report";
import { beforeAll, describe, expect, it } from "vitest";
import { syntheticRun } from "./synthetic-run.js";

describe("parts of a report", () => {
  let page = "";
  let parts: Awaited<ReturnType<typeof reportParts>>;
  beforeAll(async () => {
    const { results, store } = await syntheticRun({ side: 48, folds: 2, seeds: 2 });
    page = await renderReport(results, { store });
    parts = await reportParts(results);
  });

  it("are those of the page, to the letter", () => {
    expect(parts.sections.map(({ id }) => id)).toEqual(["heatmap", "learning", "cost", "images", "glossary"]);
    for (const text of [parts.lead, ...parts.limits, ...parts.sections.map(({ markup }) => markup)]) {
      expect(page).toContain(text);
    }
  });

  it("hold no script, and style nothing outside of themselves", () => {
    for (const { markup } of parts.sections) expect(markup).not.toMatch(/<script|\son\w+=/);
    let depth = 0;
    const atTop: string[] = [];
    for (const line of parts.style.split("\n")) {
      if (depth === 0 && line.includes("{")) atTop.push(line.slice(0, line.indexOf("{")).trim());
      depth += (line.match(/\{/g)?.length ?? 0) - (line.match(/\}/g)?.length ?? 0);
    }
    expect(atTop.length).toBeGreaterThan(2);
    expect(depth).toBe(0);
    expect(atTop.filter((selector) => !/^(\.report-part|#[\w-]+)$/.test(selector))).toEqual([]);
  });
});
