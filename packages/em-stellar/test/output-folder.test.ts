import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderStore } from "@em-stellar/runner/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareOutput } from "../src/output-folder.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-out-"));
});
afterEach(() => rm(folder, { recursive: true }));

const prepare = async (fresh: boolean) => prepareOutput(await folderStore(folder), fresh);
const write = (name: string, text = "") => writeFile(join(folder, name), text);
const writeRun = async () => {
  await write("suite.json", '{ "schemaVersion": 1 }');
  await write("manifest.json", "{}");
  await mkdir(join(folder, "jobs"));
  await mkdir(join(folder, "test"));
};

describe("the run folder before a run", () => {
  it("may be missing, empty, or a run that is continued", async () => {
    await prepare(false);
    await write("suite.json", '{ "schemaVersion": 1 }'); // killed right after its first file
    await prepare(false);
    await writeRun().catch(() => {});
    await prepare(false);
    expect(await readdir(folder)).toEqual(["jobs", "manifest.json", "suite.json", "test"]);
  });

  it("loses what a crash left half written", async () => {
    await write("probe-12.writing");
    await prepare(false);
    expect(await readdir(folder)).toEqual([]);
    await writeRun();
    await write("jobs/weights.bin");
    await write("jobs/weights.bin.34.writing");
    await mkdir(join(folder, "jobs", "unet", "fold-0", "seed-1"), { recursive: true });
    await write("jobs/unet/fold-0/seed-1/34-0.writing");
    await prepare(false);
    expect(await readdir(join(folder, "jobs"), { recursive: true })).toEqual([
      "unet",
      "weights.bin",
      "unet/fold-0",
      "unet/fold-0/seed-1",
    ]);
  });

  it("keeps what another process writes that does one of the jobs, and is not emptied meanwhile", async () => {
    await writeRun();
    const job = "jobs/unet/fold-0/seed-1";
    const release = await (await folderStore(folder)).lock?.(`${job}/writer.lock`);
    await write(`${job}/34-0.writing`);
    await prepare(false);
    expect(await readdir(join(folder, job))).toEqual(["34-0.writing", "writer.lock"]);
    await expect(prepare(true)).rejects.toThrow(`${join(folder, job)} is in use: process ${process.pid}`);
    expect(await readdir(folder)).toContain("manifest.json");
    await release?.();
    await prepare(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is emptied of a run, and of nothing else, to start over", async () => {
    await writeRun();
    await write("notes.txt");
    await prepare(true);
    expect(await readdir(folder)).toEqual(["notes.txt"]);
  });

  it("is a run without its suite.json, which is named where it is damaged", async () => {
    await writeRun();
    await write("plan.json", '{ "schemaVersion": 1, "suite": "mine", "opening": {} }');
    await write("suite.json", "\0".repeat(300));
    await expect(prepare(false)).rejects.toThrow(
      `${join(folder, "suite.json")} is damaged: it does not hold the suite of this run. Remove it and run the same command again`,
    );
    await rm(join(folder, "suite.json"));
    await prepare(false);
    await write("plan.json", '{ "schemaVersion": 1 }'); // of another program
    await expect(prepare(false)).rejects.toThrow("but no run");
  });

  it("is refused where it holds something else, even to start over", async () => {
    await mkdir(join(folder, "test")); // test images of somebody's data, not of a run
    await write("suite.json", '{ "name": "mine" }');
    for (const fresh of [false, true]) {
      await expect(prepare(fresh)).rejects.toThrow(
        /holds files \(suite\.json, test\) but no run\. Choose a new or an empty folder with `out`\./,
      );
    }
    expect(await readdir(folder)).toEqual(["suite.json", "test"]);
  });
});
