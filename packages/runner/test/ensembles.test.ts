import {
  compare,
  createRegistry,
  type MethodResult,
  memoryStore,
  type ProbabilityMap,
  type Results,
  type RunStore,
} from "@em-stellar/core";
import { readProbabilityPng } from "@em-stellar/data";
import ensembles, { average, majority } from "@em-stellar/ensemble";
import { defineSuite, type EnsembleChoice, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { beforeAll, describe, expect, it } from "vitest";
import { agreement, discs, tinyNet } from "./tiny.js";
import { device, tiny, registry as tinyRegistry } from "./tiny-run.js";

const registry = createRegistry(ensembles, ...tinyRegistry.plugins);
const definition: SuiteDefinition = {
  ...tiny,
  name: "ensembles",
  networks: [tinyNet({ filters: 2 }), tinyNet({ filters: 4 })],
  seeds: [1],
  training: { patch: 16, batchSize: 2, steps: 8, validateEvery: 4 },
};
const store = memoryStore();

/** Runs the suite in one store, where everything but the ensembles is done the first time. */
async function play(chosen: readonly EnsembleChoice[]): Promise<Results> {
  const suite = defineSuite({ ...definition, ensembles: chosen });
  let results: Results | undefined;
  for await (const event of runSuite(suite, { registry, device, store })) {
    if (event.type === "run-finished") results = event.results;
  }
  if (!results) throw new Error("the run did not finish");
  return results;
}
const ensemblesOf = (results: Results) => results.methods.filter(({ kind }) => kind === "ensemble");

async function mapOf(of: RunStore, folder: string, image: string): Promise<ProbabilityMap> {
  const path = `${folder}/${image}.png`;
  const file = await of.read(path);
  if (!file) throw new Error(`${path} is missing`);
  return { ...readProbabilityPng(file, path), threshold: 0.5 };
}

beforeAll(async () => {
  await play([]);
});

describe("an ensemble's score on validation images", () => {
  it("is that of maps of images that its members have not learnt from", async () => {
    const results = await play([{ combine: average(), top: 4, by: "agreement" }]);
    const [made] = ensemblesOf(results);
    expect(made?.runs[0]?.members).toHaveLength(4);
    const networks = results.methods.filter(({ kind }) => kind === "network");
    // Each training image is validated on in one fold, by one model of each network: their mean, scored by hand.
    const score = agreement().accumulate();
    for (const sample of discs(4)) {
      const maps: ProbabilityMap[] = [];
      for (const run of networks.flatMap(({ runs }) => runs)) {
        const path = `${run.validationPredictions}/${sample.id}.png`;
        if (await store.read(path)) maps.push(await mapOf(store, run.validationPredictions as string, sample.id));
      }
      expect(maps).toHaveLength(2);
      const data = Float32Array.from(
        maps[0]?.data ?? [],
        (value, i) => (value + (maps[1]?.data[i] as number)) / 131070,
      );
      const prediction = { width: 24, height: 24, data, maximum: 1, threshold: 0.5 };
      score.add(compare((await sample.mask?.()) as ProbabilityMap, prediction));
    }
    expect(made?.runs[0]?.validation.agreement).toBeCloseTo(score.result() as number, 12);
    expect(made?.runs[0]?.validation.agreement).not.toBe(made?.pooled.agreement);
  });

  it("leaves the chosen checkpoint's own score as the maps of a network tell it", async () => {
    const results = await play([]);
    for (const { fold, validation, validationPredictions } of results.methods[0]?.runs ?? []) {
      const score = agreement().accumulate();
      for (const sample of discs(4)) {
        if (!(await store.read(`${validationPredictions}/${sample.id}.png`))) continue;
        score.add(
          compare(
            (await sample.mask?.()) as ProbabilityMap,
            await mapOf(store, validationPredictions as string, sample.id),
          ),
        );
      }
      expect(validation.agreement, `fold ${fold}`).toBeCloseTo(score.result() as number, 12);
    }
  });
});

describe("the members of an ensemble", () => {
  it("are the folds of one network, an ensemble for each of the best networks", async () => {
    const made = ensemblesOf(await play([{ combine: average(), top: 2, by: "agreement", select: "folds" }]));
    expect(made.map(({ name, runs }) => [name, runs[0]?.members]).sort()).toEqual(
      ["tiny-net-filters-2", "tiny-net-filters-4"].map((network) => [
        `average-folds-of-${network}`,
        [`${network}/fold-0/seed-1`, `${network}/fold-1/seed-1`],
      ]),
    );
  });

  it("count by their validation score, if asked: the stored map is the weighted mean of theirs", async () => {
    const results = await play([{ combine: average(), top: 3, by: "agreement", weights: "score" }]);
    const [made] = ensemblesOf(results);
    const run = made?.runs[0];
    const members = results.methods
      .flatMap((method) => method.runs.map((each) => ({ job: `${method.name}/fold-${each.fold}/seed-1`, each })))
      .filter(({ job }) => run?.members?.includes(job))
      .sort((a, b) => (run?.members?.indexOf(a.job) ?? 0) - (run?.members?.indexOf(b.job) ?? 0));
    expect(run?.weights).toEqual(members.map(({ each }) => each.validation.agreement));
    const sum = run?.weights?.reduce((total, weight) => total + weight, 0) as number;
    const maps = await Promise.all(members.map(({ each }) => mapOf(store, each.predictions, "test-0")));
    const map = await mapOf(store, run?.predictions as string, "test-0");
    map.data.forEach((value, i) => {
      const mean =
        maps.reduce((total, each, m) => total + (run?.weights?.[m] as number) * (each.data[i] as number), 0) / sum;
      expect(Math.abs(value - mean)).toBeLessThanOrEqual(0.51);
    });
  });

  it("are taken greedily as long as the score on validation images rises, and never end below the best network", async () => {
    const results = await play([{ combine: average(), top: 6, by: "agreement", select: "greedy" }]);
    const [made] = ensemblesOf(results);
    expect(made?.name).toBe("average-greedy-6-by-agreement");
    const networks = results.methods.filter(({ kind }) => kind === "network");
    const alone = await Promise.all(networks.map((method) => outOfFold(method)));
    expect(made?.runs[0]?.validation.agreement).toBeGreaterThanOrEqual(Math.max(...alone));
    // A network takes part with all of its folds.
    for (const { name } of networks) {
      const own = made?.runs[0]?.members?.filter((job) => job.startsWith(`${name}/`)) ?? [];
      expect([0, 2]).toContain(own.length);
    }
  });

  it("vote by weight", () => {
    const map = (value: number): ProbabilityMap => ({ width: 1, height: 1, maximum: 1, data: Uint8Array.of(value) });
    const votes = majority().combine([map(1), map(0), map(0)], [3, 1, 1]);
    expect((votes.data[0] as number) / votes.maximum).toBeCloseTo(0.6, 6);
    expect(() => average().combine([map(1), map(0)], [0, 0])).toThrow(
      'ensemble "average" needs a weight for each of its 2 members, 0 or more, not all of them 0, but was given [0, 0].',
    );
  });
});

/** A network's score over all training images, each predicted by the model that was validated on it. */
async function outOfFold(method: MethodResult): Promise<number> {
  const score = agreement().accumulate();
  for (const sample of discs(4)) {
    for (const { validationPredictions } of method.runs) {
      const path = `${validationPredictions}/${sample.id}.png`;
      if (!(await store.read(path))) continue;
      const map = await mapOf(store, validationPredictions as string, sample.id);
      score.add(compare((await sample.mask?.()) as ProbabilityMap, map));
    }
  }
  return score.result() as number;
}

describe("a suite refuses", () => {
  it.each([
    [
      { select: "greedy", weights: "score" },
      'ensembles[0].weights is "score", but greedy selection weighs members itself.',
    ],
    [{ top: 1 }, "ensembles[0].top must be at least 2, but is 1."],
    [{ top: 0, select: "folds" }, "ensembles[0].top must be at least 1, but is 0."],
  ] as const)("%j", (change, message) => {
    const chosen = { combine: average(), top: 2, by: "agreement", ...change };
    expect(() => defineSuite({ ...definition, ensembles: [chosen] })).toThrow(message);
  });
});
