import { readFileSync } from "node:fs";
import { appendFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineBaseline, encodeText, memoryStore, type RunEvent, type RunStore } from "@em-stellar/core";
import { defineSuite, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { folderStore } from "@em-stellar/runner/node";
import { memory } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { device, registry, tiny, weightsOf } from "./tiny-run.js";

const definition: SuiteDefinition = {
  ...tiny,
  name: "stopped",
  training: { patch: 16, batchSize: 2, steps: 6, validateEvery: 2 },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-stopped-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the suite until an event of a type has come so many times, and aborts then; all where absent. */
async function play(store: RunStore, stopAt?: RunEvent["type"], times = 1, change: Partial<SuiteDefinition> = {}) {
  const stopping = new AbortController();
  const events: RunEvent[] = [];
  let seen = 0;
  const options = { registry, device, store, signal: stopping.signal };
  try {
    for await (const event of runSuite(defineSuite({ ...definition, ...change }), options)) {
      events.push(event);
      if (event.type === stopAt && ++seen === times) stopping.abort(new Error("enough"));
    }
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}
const files = async () => (await readdir(folder, { recursive: true })).map(String);

describe("a run whose signal is aborted", () => {
  it("ends with the reason, gives back locks and tensors, and goes on later to the same weights", async () => {
    const whole = memoryStore();
    await play(whole);
    const store = await folderStore(folder);
    const before = memory().numTensors;
    for (const [type, times] of [
      ["validation", 2],
      ["job-finished", 1],
      ["checkpoint", 1],
      ["run-started", 1],
    ] as const) {
      const { events, error } = await play(store, type, times);
      expect(error, type).toEqual(new Error("enough"));
      expect(events.at(-1)?.type).toBe(type);
      if (type === "job-finished") {
        expect(events).toContainEqual(expect.objectContaining({ type: "job-started", step: 4 }));
      }
      expect(memory().numTensors).toBe(before);
      expect((await files()).filter((path) => /writer\.lock|\.writing/.test(path))).toEqual([]);
    }
    const { events, error } = await play(store);
    expect(error).toBeUndefined();
    expect(events.some(({ type }) => type === "job-failed")).toBe(false);
    expect(await weightsOf(store)).toEqual(await weightsOf(whole));
  });

  it("does not count a job as failed that was stopped in mid-work, whatever its floor throws then", async () => {
    const stopping = new AbortController();
    const floor = defineBaseline({
      id: "floor",
      summary: "Is stopped while it is fitted.",
      defaults: {},
      async fit(samples) {
        stopping.abort(new Error("enough"));
        await [...samples][0]?.image().catch((error: unknown) => {
          throw new Error("no image", { cause: error });
        });
        return { segment: () => ({ width: 1, height: 1, data: Uint8Array.of(0), maximum: 1 }), learnt: {} };
      },
    });
    const store = memoryStore();
    const suite = defineSuite({ ...definition, baselines: [floor()] });
    const events = runSuite(suite, { registry, device, store, signal: stopping.signal });
    const told: string[] = [];
    await expect(
      (async () => {
        for await (const { type } of events) told.push(type);
      })(),
    ).rejects.toThrow("enough");
    expect(told).not.toContain("job-failed");
    expect(await store.list("jobs/floor")).toEqual(["jobs/floor/fold-0/seed-1/job.json"]);
  });

  it("looks at no image more", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const options = { registry, device, store: memoryStore(), signal };
    await expect(runSuite(defineSuite(definition), options).next()).rejects.toThrow("enough");
  });
});

describe("the lines of a file of events", () => {
  const file = () => join(folder, "events.jsonl");
  const append = async (line: string) => (await folderStore(folder)).append?.("events.jsonl", encodeText(`${line}\n`));
  const lines = () => readFileSync(file(), "utf8").split("\n");

  it("are whole, also after one that a crash cut short", async () => {
    await append('{"time":"1"}');
    await append('{"time":"2"}');
    for (const torn of ["{", '{"time":"3","type":"st', `{"time":"3","events":"${"x".repeat(200_000)}`]) {
      await appendFile(file(), torn);
      await append('{"time":"4"}');
    }
    expect(lines()).toEqual(['{"time":"1"}', '{"time":"2"}', ...Array(3).fill('{"time":"4"}'), ""]);
  });

  it("go behind what somebody else has written, which is kept", async () => {
    await writeFile(file(), "my notes\nwithout a line break");
    await append('{"time":"1"}');
    expect(lines()).toEqual(["my notes", "without a line break", '{"time":"1"}', ""]);
  });
});
