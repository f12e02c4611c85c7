import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { softwareGpu } from "../../../tests/installed/installation.js";
import { runProgram } from "../../../tests/run-program.js";

interface Checked {
  readonly size: number;
  readonly channels: number;
  readonly all: boolean;
  readonly maySubgroups: boolean;
  readonly usesSubgroups: boolean;
  readonly wrong: readonly string[];
}

describe.skipIf(!softwareGpu)("sums (need Chromium's software adapter: scripts/install-chromium.sh)", () => {
  it("are exact, by operations of subgroups and without", async () => {
    const file = join(import.meta.dirname, "sums-program.ts");
    const { lines, stderr } = await runProgram<Checked>(file, [], { ...softwareGpu });
    expect(lines.length, stderr).toBe(2 * 24);
    for (const { wrong, ...which } of lines) expect(wrong, JSON.stringify(which)).toEqual([]);
    expect(lines.filter((line) => line.usesSubgroups && !line.maySubgroups)).toEqual([]);
    // Not those of a single row, which has nothing to add up, nor those of columns that are no power of two.
    expect(lines.filter((line) => line.usesSubgroups)).toHaveLength(18);
  });
});
