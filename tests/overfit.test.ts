import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtins } from "em-stellar";
import { describe, expect, it } from "vitest";
import { components } from "../scripts/overfit/components.js";
import { firstPatch } from "../scripts/overfit/patch.js";
import { type OverfitResult, wanted } from "../scripts/overfit/result.js";
import { table } from "../scripts/overfit/table.js";
import { root } from "./workspace.js";

const read = (name: string) => readFileSync(join(root, "docs", name), "utf8");
const result: OverfitResult = JSON.parse(read("overfit.json"));

describe("docs/overfit.json, which scripts/overfit.ts measured", () => {
  it("has every registered network", () => {
    const registered = builtins.list("network").map(({ id }) => id as string);
    expect(result.networks.map(({ id }) => id).sort()).toEqual(registered.sort());
  });

  it.each(result.networks)("$id, narrow and without dropout, overfits from one of three seeds at least", (row) => {
    const { network, optimizer } = components(row.id);
    expect(row.options, "options have changed: npm run overfit").toEqual(network.options);
    expect(row.optimizer).toEqual({ id: optimizer.id, options: optimizer.options });
    const { defaults } = builtins.lookup("network", row.id);
    for (const [name, value] of Object.entries({ dropout: null, batchNormMomentum: 0.9 })) {
      if (name in defaults) expect(row.options).toHaveProperty(name, value);
    }
    expect(row.options.baseFilters).toBeLessThan(defaults.baseFilters);

    expect(row.runs.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    expect(row.runs.filter(({ jaccard }) => jaccard > 0.95)).not.toEqual([]);
    for (const { steps, jaccard, seconds } of row.runs) {
      expect(steps === null).toBe(jaccard <= wanted.jaccard);
      expect(steps ?? wanted.steps).toBeLessThanOrEqual(400);
      expect(seconds).toBeGreaterThan(0);
    }
    expect(row.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(row.device).toMatch(/^wasm/);
    expect(row.versions).toMatchObject({
      node: expect.stringMatching(/^v/),
      "tfjs-core": expect.stringMatching(/^4\./),
    });
  });

  it("is of one real patch with both classes", () => {
    expect(result.patch.side).toBeGreaterThanOrEqual(64);
    expect(result.patch.side).toBeLessThanOrEqual(128);
    expect(result.patch.objectShare).toBeGreaterThanOrEqual(0.2);
    expect(result.patch.objectShare).toBeLessThanOrEqual(0.6);
  });

  it.skipIf(!process.env.EM_STELLAR_DATA)(
    "is of the patch that the images have there (needs EM_STELLAR_DATA)",
    async () => {
      const { place } = await firstPatch(process.env.EM_STELLAR_DATA as string);
      expect(place).toEqual(result.patch);
    },
  );

  it("is what docs/overfit.md shows", () => {
    expect(read("overfit.md")).toBe(table(result));
  });
});
