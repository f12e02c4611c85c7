import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { halfGpu, noHalfGpu, softwareGpu } from "../../../tests/installed/installation.js";
import { runProgram } from "../../../tests/run-program.js";

const run = async <Line>(program: string, args: readonly string[], env: Readonly<Record<string, string>>) => {
  const { lines, stderr } = await runProgram<Line>(join(import.meta.dirname, program), args, env);
  expect(lines.length, stderr).toBeGreaterThan(0);
  return lines;
};

describe.skipIf(!softwareGpu)(
  "half precision where it is not to be had (needs Chromium's software adapter: scripts/install-chromium.sh)",
  () => {
    it("is refused before anything starts, and single precision starts after it", async () => {
      const [refusal, started] = await run<object>("half-refusal-program.ts", [], softwareGpu ?? {});
      expect(refusal).toEqual({
        name: "BackendUnavailableError",
        message: expect.stringMatching(
          /^backend "webgpu" does not start\. The precision "mixed-float16" needs what swiftshader.* does not offer: shader-f16\. Leave the option out, or give "float32"\./,
        ),
      });
      expect(started).toMatchObject({
        precision: "float32",
        other: expect.stringContaining('already runs in this process with the precision "float32"'),
        sum: 6,
      });
    });
  },
);

interface Started {
  readonly description: string;
  readonly details: Readonly<Record<string, string>>;
}

interface Checked {
  readonly name: string;
  readonly error: number;
}

interface Odd {
  readonly between: readonly number[];
  readonly ofZeros: readonly (readonly number[])[];
  readonly ofNaN: string;
  readonly ofInfinity: string;
  readonly again: string;
}

describe.skipIf(!halfGpu)(`half precision (${noHalfGpu})`, () => {
  describe("of convolutions and their gradients", () => {
    let started: Started;
    let checked: readonly Checked[];
    let odd: Odd;
    beforeAll(async () => {
      const lines = await run<unknown>("half-program.ts", [], halfGpu ?? {});
      [started, checked, odd] = [lines[0] as Started, lines.slice(1, -1) as Checked[], lines.at(-1) as Odd];
    });

    it("is named by the device, for results", () => {
      expect(started.description).toMatch(/, mixed-float16\)$/);
      expect(started.details).toMatchObject({ precision: "mixed-float16", "tensor cores": expect.any(String) });
      expect(started.details.features).toContain("shader-f16");
    });

    it("loses no more than sums in float32, whatever the magnitude of a gradient", () => {
      expect(checked).toHaveLength(8 * (1 + 2 * 4) + 2 * 2);
      for (const { name, error } of checked) expect(error, name).toBeLessThan(1);
    });

    it("rounds factors to float16", () => {
      expect([1, 1 + 2 ** -10]).toContain(odd.between[0]);
    });

    it("keeps zeros, and shows what is not a number where it was and nowhere else", () => {
      expect(odd.ofZeros).toEqual([
        [0, 0, 0, 0, 0],
        [0, 0, 0],
      ]);
      expect(odd.ofNaN).toBe("00011 000"); // pixels whose window of three sees the second one; taps, which all see it
      expect(odd.ofInfinity).toBe("11100 000");
      expect(odd.again).toBe("11111 111");
    });
  });

  it("trains as single precision does", async () => {
    const lossesIn = async (precision: string) => {
      const [told] = await run<{ losses: number[] }>("half-training-program.ts", [precision], halfGpu ?? {});
      return (told as { losses: number[] }).losses; // `run` gives one at least
    };
    const [single, half] = [await lossesIn("float32"), await lossesIn("mixed-float16")];
    expect(single[39]).toBeLessThan((single[0] as number) / 5);
    for (const [step, loss] of half.entries()) expect(Math.abs(loss / (single[step] as number) - 1)).toBeLessThan(0.01);
    expect(half).not.toEqual(single);
  });
});
