import { createRegistry, memoryStore, type RunEvent, type RunStore } from "@em-stellar/core";
import ensembles, { average } from "@em-stellar/ensemble";
import { adam } from "@em-stellar/optimizers";
import { type SuiteDefinition, withSteps } from "@em-stellar/runner";
import { memory } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { agreement } from "./tiny.js";
import { nth, play as playTiny, registryOf, tiny, tinySuite, weightsOf } from "./tiny-run.js";

/** Every step of it is the same, however many there are. */
const steady = adam({ learningRate: 0.02, schedule: "constant", warmupProportion: 0 });
const registry = createRegistry(ensembles, ...registryOf(adam).plugins);

const { training } = tiny;
const of = (steps: number, change: Partial<SuiteDefinition> = {}): Partial<SuiteDefinition> => ({
  optimizer: steady,
  ...change,
  training: { ...training, checkpoints: ["loss", "agreement"], steps },
});
const play = (change: Partial<SuiteDefinition>, store: RunStore = memoryStore(), more = {}) =>
  playTiny(change, store, { registry, ...more });
const longer = (change: Partial<SuiteDefinition>, store: RunStore, more = {}) =>
  play(change, store, { longer: true, ...more });

/** All that does not depend on the clock. */
const numbersOf = ({ results }: Awaited<ReturnType<typeof play>>) =>
  results?.methods.map(({ name, runs }) => ({
    name,
    runs: runs.map(({ seconds: _, processorSeconds: _p, extended: _e, history, ...rest }) => ({
      ...rest,
      history: history.map(({ seconds: _s, ...point }) => point),
    })),
  }));
const startsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "job-started" ? [event.step] : []));

describe("a finished run that is given more steps", () => {
  const combined = { ensembles: [{ combine: average(), top: 2, by: "agreement" }] } as const;

  it("goes on, and ends as an uninterrupted one does, to the bit, ensembles included", async () => {
    const whole = await play(of(12, combined));
    const store = memoryStore();
    await play(of(4, combined), store);
    const tensors = memory().numTensors;
    const extended = await longer(of(12, combined), store);
    expect(memory().numTensors).toBe(tensors);
    expect(startsOf(extended.events)).toEqual([4, 4]);
    expect(await weightsOf(store)).toEqual(await weightsOf(whole.store));
    expect(numbersOf(extended)).toEqual(numbersOf(whole));
    for (const { steps, extended: at } of extended.runs.filter(({ members }) => !members)) {
      expect({ steps, at }).toEqual({ steps: 12, at: [4] });
    }
    expect(extended.events.filter((event) => event.type === "warning" && event.code === "extended-schedule")).toEqual(
      [],
    );
    // The same again is done; the shorter suite is another one, and the message says what to give.
    expect(startsOf((await longer(of(12, combined), store)).events)).toEqual([]);
    await expect(play(of(4, combined), store)).rejects.toThrow("To go on from its 12 steps, which is more than");
  });

  it("and is stopped on the way goes on once more, to the same weights", async () => {
    const whole = await play(of(12));
    const store = memoryStore();
    await play(of(4), store);
    await longer(of(8), store);
    await longer(of(12), store, { until: nth("validation", 1) });
    const { events, runs } = await longer(of(12), store);
    expect(startsOf(events)).toEqual([10, 8]);
    expect(await weightsOf(store)).toEqual(await weightsOf(whole.store));
    expect(runs.map(({ extended }) => extended)).toEqual([
      [4, 8],
      [4, 8],
    ]);
  });

  it("takes along trainings that had not finished or not begun, and every training of a sweep", async () => {
    const sweep = (steps: number): Partial<SuiteDefinition> => ({
      optimizer: steady,
      training: [
        { ...training, name: "two", steps },
        { ...training, name: "three", batchSize: 3, steps },
      ],
    });
    const whole = await play(sweep(8));
    const store = memoryStore();
    await play(sweep(4), store, { until: nth("validation", 3) }); // one is done, one half
    const { events } = await longer(sweep(8), store);
    expect(startsOf(events)).toEqual([4, 2, 0, 0]);
    expect(await weightsOf(store)).toEqual(await weightsOf(whole.store));
  });

  it("says where its learning rate depends on the number of steps, that the result is another one", async () => {
    const store = memoryStore();
    await play(of(4, { optimizer: adam() }), store);
    const { results, events } = await longer(of(8, { optimizer: adam() }), store);
    const sentence = "up to step 4 it was that of a training of 4 steps, and from there on it is that of one of 8";
    const told = events.flatMap((event) =>
      event.type === "warning" && event.code === "extended-schedule" ? [event] : [],
    );
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringContaining(sentence),
      expect.stringContaining(sentence),
    ]);
    expect(results?.warnings.filter(({ code }) => code === "extended-schedule")).toHaveLength(2);
  });

  it("is refused without being asked for, where anything else has changed, and without its last state", async () => {
    const store = memoryStore();
    await play(of(4), store);
    await expect(play(of(8), store)).rejects.toThrow("with other training: ");
    await expect(play(of(8), store)).rejects.toThrow("To go on from its 4 steps, give `steps: 8`.");
    const other = { optimizer: steady, training: { ...training, steps: 8, batchSize: 3 } };
    await expect(longer(other, store)).rejects.toThrow("with other training");
    await store.remove("jobs/tiny-net/fold-1/seed-1/last");
    await expect(longer(of(8), store)).rejects.toThrow(
      "tiny-net/fold-1/seed-1 cannot go on to step 8 without training again: jobs/tiny-net/fold-1/seed-1/last/state.bin is missing",
    );
  });
});

it("steps for a suite are at least its own, and need some to begin with", () => {
  const suite = tinySuite({ metrics: [agreement()] });
  expect(withSteps(suite, 40).trainings[0]?.options.steps).toBe(40);
  expect(() => withSteps(suite, 3)).toThrow(
    '`steps` is 3, but training.steps of the suite "tiny" is 4 already. Take at least 4',
  );
  const timed = tinySuite({ training: { ...training, steps: null, minutes: 2 } });
  expect(() => withSteps(timed, 40)).toThrow(
    'training of the suite "tiny" ends after 2 minutes. Give it training.steps',
  );
});
