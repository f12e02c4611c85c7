import { bootstrapInterval } from "@em-stellar/analysis";
import { createRandom } from "@em-stellar/core";
import { expect, it } from "vitest";

// What the documentation says of 95 % intervals for the mean of units from a normal distribution.
it.each([
  { units: 4, stated: 0.8 },
  { units: 8, stated: 0.87 },
  { units: 20, stated: 0.92 },
])("intervals made for 95 % from $units units hold the true mean in about $stated of samples", ({ units, stated }) => {
  const random = createRandom(`coverage of ${units}`);
  const samples = 2000;
  let held = 0;
  for (let k = 0; k < samples; k++) {
    const values = Array.from({ length: units }, () => random.normal());
    const mean = (chosen: readonly number[]) => chosen.reduce((sum, i) => sum + (values[i] as number), 0) / units;
    const { low, high } = bootstrapInterval(units, mean, { resamples: 1000 });
    if (low !== undefined && low <= 0 && high >= 0) held++;
  }
  expect(Math.abs(held / samples - stated)).toBeLessThan(0.025); // 3 standard errors of 2000 samples
});

it("the pooled ratio of 20 images, large and small, is held by about 92 % of intervals", () => {
  const random = createRandom("coverage of a ratio");
  const samples = 1000;
  let held = 0;
  for (let k = 0; k < samples; k++) {
    const pixels = Array.from({ length: 20 }, () => 100 + random.integer(900));
    const hits = pixels.map((count) => count * Math.min(1, Math.max(0, 0.8 + 0.1 * random.normal())));
    const ratio = (chosen: readonly number[]) => {
      const sum = (of: readonly number[]) => chosen.reduce((total, i) => total + (of[i] as number), 0);
      return sum(hits) / sum(pixels);
    };
    const { low, high } = bootstrapInterval(20, ratio, { resamples: 1000 });
    // Cut at 0 and 1, a normal share with mean 0.8 and deviation 0.1 has the mean 0.79916.
    if (low !== undefined && low <= 0.79916 && high >= 0.79916) held++;
  }
  expect(Math.abs(held / samples - 0.92)).toBeLessThan(0.03);
});
