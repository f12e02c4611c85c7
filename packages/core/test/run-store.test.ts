import { decodeText, encodeText, jobPath, memoryStore, readJson, writeJson, writeText } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

async function filled(...paths: string[]) {
  const store = memoryStore();
  for (const path of paths) await writeText(store, path, path);
  return store;
}

describe("memoryStore", () => {
  it("lists what lies under a folder, sorted, and nothing whose name only begins like it", async () => {
    const store = await filled("jobs/b/x", "jobs/a/y", "jobs-old/z", "suite.json");
    expect(await store.list("jobs")).toEqual(["jobs/a/y", "jobs/b/x"]);
    expect(await store.list("")).toEqual(["jobs-old/z", "jobs/a/y", "jobs/b/x", "suite.json"]);
    expect(await store.list("none")).toEqual([]);
  });

  it("removes a file, or all that lies under a folder", async () => {
    const store = await filled("a/1", "a/2", "ab", "b/1");
    await store.remove("a");
    expect(await store.list("")).toEqual(["ab", "b/1"]);
    await store.remove("ab");
    await store.remove("never there");
    expect(await store.list("")).toEqual(["b/1"]);
  });

  it("keeps its own copy: neither what was written nor what was read changes it", async () => {
    const store = memoryStore();
    const bytes = Uint8Array.of(1, 2, 3);
    await store.write("file", bytes);
    bytes[0] = 9;
    (await store.read("file"))?.fill(7);
    expect(await store.read("file")).toEqual(Uint8Array.of(1, 2, 3));
    expect(await store.read("other")).toBeUndefined();
  });
});

it("JSON and text go in and out as UTF-8", async () => {
  const store = memoryStore();
  await writeJson(store, "value.json", { metric: "f1", mean: 0.5, sign: "≥" });
  expect(await readJson(store, "value.json")).toEqual({ metric: "f1", mean: 0.5, sign: "≥" });
  expect(decodeText((await store.read("value.json")) as Uint8Array)).toBe(
    '{\n  "metric": "f1",\n  "mean": 0.5,\n  "sign": "≥"\n}\n',
  );
  expect(await readJson(store, "none.json")).toBeUndefined();
  expect([...encodeText("≥")]).toEqual([0xe2, 0x89, 0xa5]);
});

it("a job's path names its method, fold and seed", () => {
  expect(jobPath({ method: "unet-bn", fold: 0, seed: 1 })).toBe("unet-bn/fold-0/seed-1");
});
