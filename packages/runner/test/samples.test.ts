import type { Sample } from "@em-stellar/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { describeSample, loadSample } from "../src/loaded-sample.js";
import type { PlannedSample } from "../src/plan.js";
import { createSamples } from "../src/samples.js";
import { discs } from "./tiny.js";

/** A source that counts how often each sample is read. */
function counted(sources: readonly Sample[]) {
  const reads = new Map<string, number>();
  const counting = sources.map((sample) => ({
    ...sample,
    image: () => {
      reads.set(sample.id, (reads.get(sample.id) ?? 0) + 1);
      return sample.image();
    },
  }));
  return { reads, sources: counting };
}

async function planned(sources: readonly Sample[]): Promise<PlannedSample[]> {
  return Promise.all(sources.map(async (sample) => describeSample(sample, await loadSample(sample), false)));
}

it("keeps what was used last, and reads again what had to go", async () => {
  const samples = discs(4, { size: 10 }); // 100 bytes of image, of mask as stored and of mask as 0 and 1
  const plan = await planned(samples);
  expect(plan.map(({ bytes }) => bytes)).toEqual([300, 300, 300, 300]);
  const { reads, sources } = counted(samples);
  const cache = createSamples(sources, 899); // room for two
  for (const place of [0, 1, 0, 2, 0, 1]) await cache.read(plan[place] as PlannedSample);
  expect(Object.fromEntries(reads)).toEqual({ "disc-0": 1, "disc-1": 2, "disc-2": 1 });
  expect(cache.held()).toEqual({ bytes: 600, most: 600 });
});

it("never holds more than its bound, whatever is read in whatever order, and gives the same pixels", async () => {
  const samples = [...discs(3, { size: 8 }), ...discs(3, { size: 20, prefix: "large" })];
  const plan = await planned(samples);
  const order = fc.array(fc.nat({ max: plan.length - 1 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 0, max: 4000 }), async (places, bound) => {
      const cache = createSamples(samples, bound);
      for (const place of places) {
        const loaded = await cache.read(plan[place] as PlannedSample);
        expect(loaded.image).toEqual(await samples[place]?.image());
        expect(cache.held().bytes).toBeLessThanOrEqual(bound);
      }
      expect(cache.held().most).toBeLessThanOrEqual(bound);
    }),
    { numRuns: 40 },
  );
});

it("reads a sample once for all that ask while it is read", async () => {
  const { reads, sources } = counted(discs(1));
  const [first] = await planned(discs(1));
  const cache = createSamples(sources);
  await Promise.all([1, 2, 3].map(() => cache.read(first as PlannedSample)));
  expect(reads.get("disc-0")).toBe(1);
});

it("refuses an image that has changed since the run was planned, and one that is gone, by name", async () => {
  const [known] = await planned(discs(1));
  const [other] = discs(1, { seed: 9 });
  const changed = createSamples([other as Sample]);
  await expect(changed.read(known as PlannedSample)).rejects.toThrow(/Image "disc-0" or its mask has changed since/);
  await expect(createSamples([]).read(known as PlannedSample)).rejects.toThrow(/"disc-0" is no longer among the data/);
});
