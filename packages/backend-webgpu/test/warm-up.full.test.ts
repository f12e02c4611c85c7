import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { halfGpu, noHalfGpu, softwareGpu } from "../../../tests/installed/installation.js";
import { runProgram } from "../../../tests/run-program.js";

interface Told {
  readonly left: readonly number[];
  readonly aheadOfTime: readonly string[];
  readonly inTime: readonly string[];
  readonly results: readonly (readonly number[])[];
  readonly leaked: number;
}

describe.skipIf(!softwareGpu)("warm-up (needs Chromium's software adapter: scripts/install-chromium.sh)", () => {
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "em-stellar-cache-"));
  });
  afterEach(() => rmSync(cache, { recursive: true }));

  const run = async (kind: "warm" | "cold", precision = "float32", env = softwareGpu): Promise<Told> => {
    const file = join(import.meta.dirname, "warm-up-program.ts");
    const { lines, stderr } = await runProgram<Told>(file, [kind, precision], { ...env, XDG_CACHE_HOME: cache });
    expect(lines, stderr).toHaveLength(1);
    return lines[0] as Told;
  };
  const notes = () => {
    const [name, ...others] = readdirSync(join(cache, "em-stellar"));
    expect(others).toEqual([]);
    const file = join(cache, "em-stellar", name as string);
    return { file, tiles: JSON.parse(readFileSync(file, "utf8")) as Record<string, string> };
  };

  it("compiles everything ahead, computes nothing, and leaves nothing behind", async () => {
    const [cold, warm] = [await run("cold"), await run("warm")];
    expect(cold.aheadOfTime).toEqual([]);
    expect(cold.inTime.length).toBeGreaterThan(2);
    expect(warm.aheadOfTime).toEqual(expect.arrayContaining([...cold.inTime]));
    expect(warm.inTime).toEqual([]);
    expect(warm.left.at(-1)).toBe(1);
    expect(warm.results).toEqual(cold.results);
    expect(warm.leaked).toBe(0);
  });

  it("measures each product on an adapter once, and then takes the tile that was the fastest", async () => {
    const first = await run("warm");
    const { file, tiles } = notes();
    const products = Object.keys(tiles).sort();
    expect(products).toEqual([expect.stringMatching(/^filter /), expect.stringMatching(/^forward /)]);
    const tried = (told: Told, name: string) => told.aheadOfTime.filter((label) => label.startsWith(name));
    expect(tried(first, "convolution ")).toHaveLength(4);
    expect(tried(first, "convolution's filter gradient ")).toHaveLength(4);

    const other = "64x64x16/4x4";
    writeFileSync(file, JSON.stringify(Object.fromEntries(products.map((product) => [product, other]))));
    const second = await run("warm");
    expect(tried(second, "convolution ")).toEqual([`convolution ${other}`]);
    expect(tried(second, "convolution's filter gradient ")).toEqual([`convolution's filter gradient ${other}`]);
  });

  it.skipIf(!halfGpu)(`does the same in half precision, with notes of its own (${noHalfGpu})`, async () => {
    const [cold, warm] = [await run("cold", "mixed-float16", halfGpu), await run("warm", "mixed-float16", halfGpu)];
    expect(cold.inTime).toContain("largest of a gradient");
    expect(warm.aheadOfTime).toEqual(expect.arrayContaining([...cold.inTime]));
    expect(warm.inTime).toEqual([]);
    expect(warm.results).toEqual(cold.results);
    expect(warm.leaked).toBe(0);
    expect(Object.keys(notes().tiles).sort()).toEqual([
      expect.stringMatching(/^half filter /),
      expect.stringMatching(/^half forward /),
    ]);
  });

  it("starts over from notes that are broken", async () => {
    await run("warm");
    const { file, tiles } = notes();
    writeFileSync(file, '{"half');
    await run("warm");
    expect(Object.keys(notes().tiles).sort()).toEqual(Object.keys(tiles).sort());
  });
});
