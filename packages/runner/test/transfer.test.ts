import {
  decodeText,
  defineDataSource,
  defineMetric,
  memoryStore,
  type Results,
  type RunEvent,
  type Sample,
} from "@em-stellar/core";
import {
  openModel,
  openRun,
  parseSuite,
  planRun,
  predictImage,
  runJob,
  type SuiteDefinition,
} from "@em-stellar/runner";
import { describe, expect, it } from "vitest";
import { describeSuite } from "../src/describe-suite.js";
import { agreement, discData, discs } from "./tiny.js";
import { device, nth, play as playTiny, registryOf, tinySuite } from "./tiny-run.js";

/** Discs that are darker than what is around them, under the same names as the bright ones. */
const darkDiscs = defineDataSource({
  id: "dark-discs",
  summary: "Dark discs for tests.",
  defaults: { channels: 1, copies: false },
  open: async ({ channels, copies }) => {
    const dark = (sample: Sample): Sample => ({
      ...sample,
      image: async () => {
        const image = await sample.image();
        const data = Uint8Array.from({ length: image.data.length * channels }, (_, i) =>
          Math.max(0, 200 - (image.data[Math.floor(i / channels)] as number)),
        );
        return { ...image, channels, data };
      },
    });
    const test = copies
      ? discs(4)
          .slice(0, 1)
          .map((sample) => ({ ...sample, id: "copy" }))
      : discs(3, { seed: 5, prefix: "test" }).map(dark);
    return { train: discs(5, { seed: 3 }).map(dark), test };
  },
});
const contrary = defineMetric({
  id: "contrary",
  summary: "Agreement, the less the better, for tests.",
  defaults: {},
  goal: "minimize",
  range: [0, 1],
  accumulate: agreement().accumulate,
});
const registry = registryOf(darkDiscs, contrary);
const training = { patch: 16, batchSize: 2, steps: 8, validateEvery: 4 } as const;
const both: Partial<SuiteDefinition> = { training, transferTo: { dark: darkDiscs() } };

const play = (change: Partial<SuiteDefinition>, store = memoryStore(), until?: (event: RunEvent) => boolean) =>
  playTiny(change, store, { registry, ...(until && { until }) });
const validations = (events: readonly RunEvent[]) => events.filter(({ type }) => type === "validation").length;
const cellOf = ({ transfer }: Results, trainedOn: string, testedOn: string) =>
  transfer?.cells.find((cell) => cell.trainedOn === trainedOn && cell.testedOn === testedOn);

describe("a suite that transfers to other data", () => {
  it("trains on each and scores on all: on the diagonal what a suite of that data alone finds", async () => {
    const store = memoryStore();
    const { results } = await play(both, store);
    const [bright, dark] = [await play({ training }), await play({ training, data: darkDiscs() })];
    expect(results?.methods).toEqual(bright.results?.methods.map((method) => expectSameScores(method)));
    expect(results?.transfer?.sources).toMatchObject([
      { name: "tiny", train: 4, test: 2 },
      { name: "dark", train: 5, test: 3 },
    ]);
    expect(results?.transfer?.cells).toHaveLength(4);
    for (const [name, alone] of [
      ["tiny", bright],
      ["dark", dark],
    ] as const) {
      const cell = results && cellOf(results, name, name);
      expect(cell?.trainings).toBe(2);
      expect(cell?.scores.agreement?.mean).toBe(alone.results?.methods[0]?.pooled.agreement);
      const interval = alone.results?.statistics?.metrics.agreement?.methods[0]?.interval;
      expect(cell?.scores.agreement?.interval).toEqual(interval);
    }
    const [header, ...rows] = decodeText((await store.read("transfer.csv")) ?? new Uint8Array())
      .trimEnd()
      .split("\n")
      .map((row) => row.split(","));
    expect(header?.slice(0, 7)).toEqual([
      ...["method", "trained on", "tested on", "trainings"],
      ...["agreement", "agreement low", "agreement high"],
    ]);
    expect(rows).toHaveLength(4);
    const { mean, interval } = (results && cellOf(results, "dark", "tiny"))?.scores.agreement ?? {};
    const row = rows.find((cells) => cells[1] === "dark" && cells[2] === "tiny");
    expect(row?.slice(0, 7)).toEqual([
      "tiny-net",
      "dark",
      "tiny",
      "2",
      ...[mean, interval?.low, interval?.high].map(String),
    ]);
  });

  it("leaves no table of an earlier transfer beside results without one", async () => {
    const store = memoryStore();
    await store.write("transfer.csv", new Uint8Array([1]));
    await play({ training }, store);
    expect(await store.read("transfer.csv")).toBeUndefined();
  });

  it("scores off the diagonal are those of the kept model's masks on the other test images", async () => {
    const store = memoryStore();
    const { results } = await play(both, store);
    const { test } = await darkDiscs().open({});
    const { test: bright } = await discData().open({});
    for (const [trainedOn, testedOn, method, samples] of [
      ["tiny", "dark", "tiny-net", test],
      ["dark", "tiny", "tiny-net+on-dark", bright],
    ] as const) {
      const shares: number[] = [];
      for (const fold of [0, 1]) {
        const { model, notes } = await openModel(
          store,
          `jobs/${method}/fold-${fold}/seed-1/checkpoints/loss`,
          registry,
        );
        let [same, pixels] = [0, 0];
        for (const sample of samples) {
          const image = await sample.image();
          const truth = await sample.mask?.();
          const normalization = notes?.normalization ?? { method: "min-max", scope: "image" };
          const { data } = await predictImage(model, image, { stride: notes?.stride ?? 1, normalization });
          for (const [i, probability] of data.entries()) {
            const isObject = Math.round(65535 * probability) / 65535 > (notes?.threshold ?? 0.5);
            if (isObject === (truth?.data[i] === 1)) same++;
          }
          pixels += data.length;
        }
        shares.push(same / pixels);
        model.dispose();
      }
      const cell = results && cellOf(results, trainedOn, testedOn);
      expect(cell?.scores.agreement?.mean).toBe(((shares[0] as number) + (shares[1] as number)) / 2);
    }
  });

  it("goes on after it was stopped, and trains nothing again", async () => {
    const whole = await play(both);
    const store = memoryStore();
    await play(both, store, nth("validation", 5)); // the first training on dark discs is half done
    const { results, events } = await play(both, store);
    expect(validations(events)).toBe(8 - 5);
    expect(results?.transfer).toEqual(whole.results?.transfer);
    expect(validations((await play(both, store)).events)).toBe(0);
  });

  it("may come to a finished suite, and so may a metric: only the other data is learnt anew", async () => {
    const store = memoryStore();
    await play({ training }, store);
    const { results, events } = await play(both, store);
    expect(validations(events)).toBe(4);
    const whole = await play(both);
    expect(results?.transfer).toEqual(whole.results?.transfer);
    const metrics = [agreement(), contrary()];
    const more = await play({ ...both, metrics }, store);
    expect(validations(more.events)).toBe(0);
    expect(more.results?.transfer).toEqual((await play({ ...both, metrics })).results?.transfer);
  });

  it("does a job again whose map of other data is lost", async () => {
    const store = memoryStore();
    const whole = await play(both, store);
    await store.remove("jobs/tiny-net/fold-1/seed-1/elsewhere/dark/test-2.png");
    const { events, results } = await play(both, store);
    expect(validations(events)).toBe(2);
    expect(results?.transfer).toEqual(whole.results?.transfer);
  });

  it("a process of its own does a job of the other data from the plan", async () => {
    const suite = tinySuite(both);
    const store = memoryStore();
    const whole = await play(both, store);
    const path = "jobs/tiny-net+on-dark/fold-1/seed-1/metrics.json";
    const before = await store.read(path);
    await store.remove("jobs/tiny-net+on-dark/fold-1");
    const run = await openRun(suite, { registry, device, store });
    for await (const event of runJob(run, { method: "tiny-net+on-dark", fold: 1, seed: 1 })) {
      if (event.type === "job-finished") {
        expect(event.result.pooled).not.toEqual({});
      }
    }
    const scores = (bytes: Uint8Array | undefined) => JSON.parse(Buffer.from(bytes ?? []).toString()).elsewhere;
    expect(scores(await store.read(path))).toEqual(scores(before));
    expect(whole.results?.transfer?.jobs).toHaveLength(2);
  });

  it("warns of test images of one source that are training images of another", async () => {
    const suite = tinySuite({ ...both, transferTo: { copies: darkDiscs({ copies: true }) } });
    const { plan } = await planRun(suite, { registry, device, store: memoryStore() });
    expect(plan.warnings.map(({ message }) => message)).toContain(
      '1 of 1 test images of copies are training images of tiny: "copy" is "disc-0". Scores on copies of networks trained on tiny show how well they remember.',
    );
  });
});

describe("other data", () => {
  it("has names for paths, and not the suite's", () => {
    const named = (...names: string[]) =>
      tinySuite({ transferTo: Object.fromEntries(names.map((n) => [n, darkDiscs()])) });
    expect(() => named("../x")).toThrow('transferTo["../x"]: the name becomes part of paths');
    expect(() => named("ok", "tiny")).toThrow('transferTo["tiny"] has the name of the suite');
    expect(() => named("a", "A")).toThrow('transferTo["a"] and transferTo["A"] differ in capitals alone');
    expect(() => named()).toThrow("transferTo names no data.");
  });

  it("with other channels, or that cannot be used, is refused by its field before anything is trained", async () => {
    await expect(play({ transferTo: { rgb: darkDiscs({ channels: 3 }) } })).rejects.toThrow(
      'transferTo["rgb"]: its images have 3 channels, but those of the suite\'s data have 1.',
    );
    await expect(play({ transferTo: { few: discData({ train: 1 }) } })).rejects.toThrow('transferTo["few"]: ');
  });

  it("stands in a suite of JSON, which names the place of what is wrong", () => {
    const suite = tinySuite(both);
    const json = JSON.parse(JSON.stringify(describeSuite(suite, registry)));
    expect(JSON.parse(JSON.stringify(describeSuite(parseSuite(json, registry), registry)))).toEqual(json);
    const wrong = { ...json, transferTo: { dark: "dark-disks" } };
    expect(() => parseSuite(wrong, registry)).toThrow(
      'transferTo["dark"]: No data named "dark-disks". Did you mean "dark-discs"?',
    );
    expect(() => parseSuite({ ...json, transferTo: "dark-discs" }, registry)).toThrow("transferTo");
  });
});

/** Another run of a training takes other times. */
function expectSameScores<M extends NonNullable<Results["methods"][number]>>(method: M) {
  return {
    ...method,
    runs: method.runs.map((run) =>
      expect.objectContaining({
        fold: run.fold,
        pooled: run.pooled,
        perImage: run.perImage,
        validation: run.validation,
      }),
    ),
  };
}
