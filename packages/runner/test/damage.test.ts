import {
  createRegistry,
  defineBaseline,
  memoryStore,
  type Results,
  type RunEvent,
  type RunStore,
} from "@em-stellar/core";
import { defineNetwork } from "@em-stellar/core/training";
import ensembles, { average } from "@em-stellar/ensemble";
import { collectResults, defineSuite, openModel, openRun, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { describe, expect, it } from "vitest";
import { agreement, tinyNet } from "./tiny.js";
import { device, tiny, registry as tinyRegistry } from "./tiny-run.js";

const registry = createRegistry(ensembles, ...tinyRegistry.plugins);
const definition: SuiteDefinition = {
  ...tiny,
  name: "damaged",
  training: { patch: 16, batchSize: 2, steps: 4, validateEvery: 1 },
};
const job = "jobs/tiny-net/fold-0/seed-1";

async function play(store: RunStore, change: Partial<SuiteDefinition> = {}) {
  const events: RunEvent[] = [];
  for await (const event of runSuite(defineSuite({ ...definition, ...change }), { registry, device, store }))
    events.push(event);
  return events;
}
function numbers(events: RunEvent[]) {
  const last = events.at(-1);
  const results: Results | undefined = last?.type === "run-finished" ? last.results : undefined;
  return results?.methods.map(({ name, pooled, runs }) => [name, pooled, runs.map(({ perImage }) => perImage)]);
}
const damages = (events: RunEvent[]) =>
  events.flatMap((event) => (event.type === "warning" && event.code === "damaged-file" ? [event.message] : []));

/** Files as a run leaves them; `stop` leaves it after so many validations. */
async function half(stop: number): Promise<RunStore> {
  const store = memoryStore();
  let seen = 0;
  for await (const event of runSuite(defineSuite(definition), { registry, device, store })) {
    if (event.type === "validation" && ++seen === stop) break;
  }
  return store;
}
async function spoil(store: RunStore, path: string, how: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const bytes = await store.read(path);
  if (!bytes) throw new Error(`${path} is missing`);
  await store.write(path, how(bytes));
}
const flip = (share: number) => (bytes: Uint8Array) => {
  const at = Math.floor(share * (bytes.length - 1));
  return bytes.map((byte, i) => (i === at ? byte ^ 4 : byte));
};
const cut = (bytes: Uint8Array) => bytes.subarray(0, Math.floor(0.6 * bytes.length));

describe("a stored file that is not as it was written", () => {
  it.each(["metrics.json", "job.json", "predictions/test-0.png"])(
    "%s: is named, its job is done again, and all ends as if nothing had happened",
    async (file) => {
      const store = memoryStore();
      const whole = numbers(await play(store));
      for (const how of [flip(0.5), cut]) {
        await spoil(store, `${job}/${file}`, how);
        const events = await play(store);
        expect(damages(events)).toEqual([expect.stringMatching(`^memory/${job}/${file} is damaged: .*done again\\.$`)]);
        expect(events.flatMap((event) => (event.type === "job-started" ? [event.job.fold] : []))).toEqual([0]);
        expect(numbers(events)).toEqual(whole);
      }
    },
  );

  it("state.bin: the training starts again from its first step, and ends with the same numbers", async () => {
    const whole = numbers(await play(memoryStore()));
    for (const how of [flip(0.2), flip(1), cut]) {
      const store = await half(2);
      await spoil(store, `${job}/last/state.bin`, how);
      const events = await play(store);
      expect(damages(events)).toEqual([
        expect.stringMatching(/^memory\/.*state\.bin is damaged: .* starts again from its first step\.$/),
      ]);
      expect(numbers(events)).toEqual(whole);
    }
  });

  it("state.bin of an older version, which has no checksum, is continued", async () => {
    const store = await half(2);
    await spoil(store, `${job}/last/state.bin`, (bytes) => bytes.subarray(0, bytes.length - 64));
    const events = await play(store);
    expect(damages(events)).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: "job-started", step: 2 }));
  });

  it("is named when results are collected: its job is missing from the scores, and nothing else", async () => {
    const store = memoryStore();
    const suite = defineSuite({ ...definition, ensembles: [{ combine: average(), top: 2, by: "agreement" }] });
    const outside = { registry, device, store };
    const collect = async () => {
      const events: RunEvent[] = [];
      for await (const event of collectResults(await openRun(suite, outside))) events.push(event);
      const last = events.at(-1);
      const names =
        last?.type === "run-finished" ? last.results.methods.map(({ name, runs }) => [name, runs.length]) : [];
      return { damages: damages(events), names };
    };
    for await (const _ of runSuite(suite, outside)); // to its end
    expect(await collect()).toEqual({
      damages: [],
      names: [
        ["tiny-net", 2],
        ["average-top-2-by-agreement", 1],
      ],
    });
    for (const file of ["predictions/test-0.png", "metrics.json"]) {
      const whole = (await store.read(`${job}/${file}`)) as Uint8Array; // a run leaves it
      await spoil(store, `${job}/${file}`, flip(0.5));
      const { damages: told, names } = await collect();
      expect(told).toEqual([
        expect.stringMatching(
          `^memory/${job}/${file} is damaged: .* tiny-net/fold-0/seed-1 is missing from the scores\\.`,
        ),
      ]);
      expect(names).toEqual([["tiny-net", 1]]); // of one model there is no ensemble
      await store.write(`${job}/${file}`, whole);
    }
  });

  it("weights: refused when the model is opened, with the file's name", async () => {
    const store = memoryStore();
    await play(store);
    const open = () => openModel(store, `${job}/checkpoints/loss`, registry);
    (await open()).model.dispose();
    for (const file of ["weights.bin", "model.json", "segmentation.json"]) {
      const path = `${job}/checkpoints/loss/${file}`;
      const kept = (await store.read(path)) as Uint8Array;
      for (const share of [0.3, 0.7]) {
        await spoil(store, path, flip(share));
        await expect(open(), `${file} at ${share}`).rejects.toThrow(file);
        await store.write(path, kept);
      }
    }
  });

  it("weights of NaN, and normalisations that leave no number, are refused", async () => {
    const store = memoryStore();
    await play(store);
    const folder = `${job}/checkpoints/loss`;
    const notes = { normalization: { method: "z-score", scope: "training-set", offset: 1, scale: 1 } };
    const open = async (scale: number) => {
      const changed = { normalization: { ...notes.normalization, scale } };
      await store.write(`${folder}/segmentation.json`, new TextEncoder().encode(JSON.stringify(changed)));
      return openModel(store, folder, registry);
    };
    (await open(0.02)).model.dispose();
    for (const scale of [0, 1e308, -1]) await expect(open(scale)).rejects.toThrow(/segmentation\.json.*scale/);
    await spoil(store, `${folder}/weights.bin`, (bytes) => {
      const values = new Float32Array(bytes.slice().buffer);
      values[1] = Number.NaN;
      return new Uint8Array(values.buffer);
    });
    await expect(open(0.02)).rejects.toThrow(/weights ".*" of .*model\.json hold the value NaN/);
  });
});

describe("a job that cannot be done costs no other", () => {
  it("an impossible network, and a floor that throws", async () => {
    const huge = defineNetwork({
      id: "huge",
      summary: "Nobody has the memory.",
      defaults: {},
      stride: () => 1,
      build: () => {
        throw new Error(`not built: ${new Float32Array(9e10).length}`);
      },
    });
    const broken = defineBaseline({
      id: "broken",
      summary: "Throws.",
      defaults: {},
      fit: async () => {
        throw new TypeError("x is not a function");
      },
    });
    const store = memoryStore();
    const events = await play(store, { networks: [huge(), tinyNet()], baselines: [broken()] });
    const failures = events.flatMap((event) =>
      event.type === "job-failed" ? [[event.job.method, event.cause, event.message]] : [],
    );
    expect(failures).toHaveLength(4);
    expect(failures[0]).toEqual([
      "broken",
      "error",
      expect.stringMatching(/^TypeError: x is not a function \(where it arose: memory\/jobs\/broken\/.*error\.txt\)$/),
    ]);
    expect(new TextDecoder().decode(await store.read("jobs/broken/fold-0/seed-1/error.txt"))).toContain("at ");
    expect(failures.find(([method]) => method === "huge")?.[2]).toMatch(
      /^it needs more memory than this machine has\. Make the network narrower .*\. .*90000000000 \(where it arose: /,
    );
    const last = events.at(-1);
    const states =
      last?.type === "run-finished" ? last.results.methods.map(({ name, runs }) => [name, runs[0]?.state]) : [];
    expect(states).toContainEqual(["tiny-net", "done"]);
    expect(states).toContainEqual(["huge", "failed"]);
  });

  it("and is tried again after all others", async () => {
    const store = memoryStore();
    let broken = true;
    const moody = defineNetwork({
      id: "a-moody-net",
      summary: "Fails at first.",
      defaults: {},
      stride: () => 1,
      build(_, shape, seed) {
        if (broken) throw new RangeError("no memory");
        return tinyNet().build(shape, seed);
      },
    });
    await play(store, { networks: [moody()] });
    broken = false;
    const events = await play(store, { networks: [moody(), tinyNet()] });
    const order = events.flatMap((event) => (event.type === "job-finished" ? [event.job.method] : []));
    expect(order).toEqual(["tiny-net", "tiny-net", "a-moody-net", "a-moody-net"]);
  });
});

it("where no criterion ever had a value, the last weights are the model", async () => {
  const undefinedMetric = {
    ...agreement(),
    id: "agreement",
    accumulate: () => ({ add() {}, result: () => undefined }),
  };
  const store = memoryStore();
  await play(store, { metrics: [undefinedMetric], training: { ...definition.training, checkpoints: ["agreement"] } });
  const { model, notes } = await openModel(store, `${job}/checkpoints/last`, registry);
  expect(notes?.training).toMatchObject({ criterion: "last", step: 4, value: null });
  model.dispose();
});

it("an event of each job is a line in its folder, where the store can append", async () => {
  const lines: string[] = [];
  const store: RunStore = {
    ...memoryStore(),
    append: async (path, content) => void lines.push(`${path} ${new TextDecoder().decode(content)}`),
  };
  await play(store);
  const types = lines
    .filter((line) => line.startsWith(`${job}/events.jsonl`))
    .map((line) => JSON.parse(line.slice(line.indexOf("{"))).type);
  expect(types[0]).toBe("job-started");
  expect(types.at(-1)).toBe("job-finished");
});
