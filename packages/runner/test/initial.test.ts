import {
  compare,
  memoryStore,
  type ProbabilityMap,
  type Results,
  type RunEvent,
  type RunStore,
} from "@em-stellar/core";
import { toUint16 } from "@em-stellar/data";
import { defineSuite, openModel, predictImage, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { agreement, discData, discs, tinyNet } from "./tiny.js";
import { device, registry, tiny, weightsOf } from "./tiny-run.js";

const training = { patch: 16, batchSize: 2, steps: 8, validateEvery: 4 } as const;
const definition: SuiteDefinition = {
  ...tiny,
  name: "source",
  training,
};
/** Other images than those of the source. */
const target = { name: "target", data: discData({ size: 20 }), training: { ...training, initial: "runs/source" } };

const source = memoryStore();
const checkpoint = "jobs/tiny-net/fold-0/seed-1/checkpoints/loss";
const openInitial = async (path: string) => ({
  location: path,
  read: (file: string) => source.read(`${checkpoint}/${file}`),
});

async function play(
  change: Partial<SuiteDefinition>,
  store: RunStore = memoryStore(),
  stopAt = Number.POSITIVE_INFINITY,
) {
  const events: RunEvent[] = [];
  const suite = defineSuite({ ...definition, ...change });
  for await (const event of runSuite(suite, { registry, device, store, openInitial })) {
    events.push(event);
    if (events.length === stopAt) break;
  }
  const last = events.at(-1);
  const results: Results | undefined = last?.type === "run-finished" ? last.results : undefined;
  return { events, store, results, runs: results?.methods[0]?.runs ?? [] };
}

beforeAll(async () => {
  await play({}, source);
});

describe("fine-tuning", () => {
  it("starts from the model's weights: what they score stands beside what they became", async () => {
    const tensorsBefore = memory().numTensors;
    const { runs } = await play(target);
    expect(memory().numTensors).toBe(tensorsBefore);
    const { model, notes } = await openModel(source, checkpoint, registry);
    const score = agreement().accumulate();
    for (const sample of discs(2, { size: 20, seed: 2, prefix: "test" })) {
      const { data } = await predictImage(model, await sample.image(), {
        normalization: { method: "z-score", scope: "image" },
        stride: notes?.stride ?? 1,
      });
      const prediction = { width: 20, height: 20, data: toUint16(data), maximum: 65535, threshold: 0.5 };
      score.add(compare((await sample.mask?.()) as ProbabilityMap, prediction));
    }
    model.dispose();
    expect(runs).toHaveLength(2);
    for (const { before } of runs) expect(before?.pooled.agreement).toBe(score.result());
    const scratch = await play({ ...target, training });
    expect(scratch.runs[0]?.before).toBeUndefined();
    expect(runs[0]?.history[0]?.loss).not.toBe(scratch.runs[0]?.history[0]?.loss);
  });

  it("ends the same if it is interrupted, to the bit", async () => {
    const whole = await play(target);
    for (const stopAt of [5, 9]) {
      const store = memoryStore();
      await play(target, store, stopAt);
      const { runs } = await play(target, store);
      expect(await weightsOf(store)).toEqual(await weightsOf(whole.store));
      expect(runs.map(({ pooled, before }) => ({ pooled, before }))).toEqual(
        whole.runs.map(({ pooled, before }) => ({ pooled, before })),
      );
    }
  });

  it("refuses a model of another shape, by name", async () => {
    const { events } = await play({ ...target, networks: [tinyNet({ filters: 6 })] });
    const failed = events.flatMap((event) => (event.type === "job-failed" ? [event.message] : []));
    expect(failed).toHaveLength(2);
    expect(failed[0]).toMatch(
      /^The weights ".*" of the model in runs\/source have the shape \[3, 3, 1, 4\], but ".*" of this network has \[3, 3, 1, 6\]\. Start from a model of the same network/,
    );
  });

  it("refuses another normalization, and warns of a model that has seen the data", async () => {
    const minMax = { method: "min-max", scope: "image" } as const;
    await expect(play({ ...target, training: { ...target.training, normalization: minMax } })).rejects.toThrow(
      'was trained with the normalization "z-score", but the suite\'s training uses "min-max". Set training.normalization to { "method": "z-score", "scope": "image" }.',
    );
    const { events } = await play({ ...target, data: discData() });
    expect(events.some((event) => event.type === "warning" && event.code === "initial-leak")).toBe(true);
    expect((await play(target)).events.some((event) => event.type === "warning" && event.code === "initial-leak")).toBe(
      false,
    );
  });
});
