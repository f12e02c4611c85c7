import { constant, otsu, smoothedThreshold } from "@em-stellar/baselines";
import { describe, expect, it } from "vitest";
import { cardiacSamples, pooledJaccard } from "./cardiac.js";

const data = process.env.EM_STELLAR_DATA;

describe.skipIf(!data)("cardiac data (needs EM_STELLAR_DATA)", () => {
  it.each([
    [constant(), 0.366],
    [otsu(), 0.547],
    [smoothedThreshold({ sigmas: [2, 3, 4] }), 0.788],
  ])("$id reaches the Jaccard index known for it on the 4 test images", async (baseline, expected) => {
    const { train, test } = cardiacSamples(data as string); // skipped without it
    const { segment, learnt } = await baseline.fit(train);
    expect(Math.abs((await pooledJaccard(segment, test)) - expected)).toBeLessThan(0.003);
    if (baseline.id !== "constant") expect(learnt.polarity).toBe("dark");
    if (baseline.id === "smoothed-threshold") expect(learnt.sigma).toBe(3);
  });
});
