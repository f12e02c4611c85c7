import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tileName, tiles } from "../../src/webgpu/convolution/tile.js";
import { softwareGpu } from "../installation.js";
import { runProgram } from "../run-program.js";

interface Checked {
  readonly name: string;
  readonly tile: string;
  readonly error: number;
}

describe.skipIf(!softwareGpu)("tiles (need Chromium's software adapter: scripts/install-chromium.sh)", () => {
  it("all give the convolution and its gradients, of which a GPU may choose any", async () => {
    const file = join(import.meta.dirname, "tiles-program.ts");
    const { lines, stderr } = await runProgram<Checked>(file, [], { ...softwareGpu });
    expect(lines.length, stderr).toBe(9 * tiles.length);
    for (const name of new Set(lines.map((line) => line.name))) {
      const checked = lines.filter((line) => line.name === name);
      expect(checked.map(({ tile }) => tile)).toEqual(tiles.map(tileName));
      for (const { tile, error } of checked) expect(error, `${name} with ${tile}`).toBeLessThan(3e-6);
    }
  });
});
