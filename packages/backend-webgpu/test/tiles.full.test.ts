import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { halfGpu, noHalfGpu, softwareGpu } from "../../../tests/installed/installation.js";
import { runProgram } from "../../../tests/run-program.js";
import { type MatrixUnit, tileName, tiles, tilesOf } from "../src/convolution/tile.js";

interface Started {
  readonly description: string;
  readonly unit: MatrixUnit | string;
}

interface Checked {
  readonly name: string;
  readonly tile: string;
  readonly error: number;
}

async function checkTiles(precision: string, env: Readonly<Record<string, string>>): Promise<void> {
  const file = join(import.meta.dirname, "tiles-program.ts");
  const { lines, stderr } = await runProgram<Started | Checked>(file, [precision], env);
  const [{ unit, description }, ...all] = lines as [Started, ...Checked[]];
  console.log(`Tiles on ${description}; tensor cores: ${JSON.stringify(unit)}`);
  const expected = [...tiles, ...(typeof unit === "string" ? [] : tilesOf(unit))];
  expect(all.length, stderr).toBe((precision === "float32" ? 18 : 9) * expected.length);
  for (const name of new Set(all.map((line) => line.name))) {
    const checked = all.filter((line) => line.name === name);
    expect(checked.map(({ tile }) => tile)).toEqual(expected.map(tileName));
    for (const { tile, error } of checked) expect(error, `${name} with ${tile}`).toBeLessThan(3e-6);
  }
}

describe.skipIf(!softwareGpu)("tiles (need Chromium's software adapter: scripts/install-chromium.sh)", () => {
  it("all give the convolution and its gradients, of which a GPU may choose any", () =>
    checkTiles("float32", softwareGpu ?? {}));
});

describe.skipIf(!halfGpu)(`tiles in half precision (${noHalfGpu})`, () => {
  it("all give the convolution and its gradients, those for tensor cores too", () =>
    checkTiles("mixed-float16", halfGpu ?? {}));
});
