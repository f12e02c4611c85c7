import { mkdtemp, readdir, readlink, realpath, rename, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@em-stellar/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fileSource } from "../src/node/file-source.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "em-stellar-source-")));
  file = join(folder, "bytes");
  await writeFile(file, Uint8Array.of(1, 2, 3, 4, 5));
});
afterEach(() => rm(folder, { recursive: true }));

/** How often this process has the file open, as Linux tells. */
async function timesOpen(): Promise<number> {
  const all = await readdir("/proc/self/fd");
  const files = await Promise.all(all.map((each) => readlink(`/proc/self/fd/${each}`).catch(() => "")));
  return files.filter((each) => each === file).length;
}

it("reads parts in any order, several at a time", async () => {
  const source = await fileSource(file);
  expect(source.size).toBe(5);
  const parts = await Promise.all([source.read(3, 2), source.read(0, 2), source.read(5, 0)]);
  expect(parts).toEqual([Uint8Array.of(4, 5), Uint8Array.of(1, 2), new Uint8Array(0)]);
  expect(parts.map(({ buffer }) => buffer.byteLength)).toEqual([2, 2, 0]); // memory of its own
  await expect(source.read(4, 2)).rejects.toThrow("it has 5 bytes, and bytes 4 to 6 are missing");
});

it.runIf(process.platform === "linux")("one handle is open while parts are read, and none afterwards", async () => {
  const source = await fileSource(file, "it");
  for (let i = 0; i < 5; i++) {
    await source.read(i, 1);
    expect(await timesOpen()).toBeLessThanOrEqual(1);
  }
  await expect.poll(timesOpen).toBe(0);
  expect(await source.read(1, 1)).toEqual(Uint8Array.of(2)); // opened again
  await Promise.all([source.read(0, 1), source.read(1, 1), source.read(2, 1)]);
  await expect.poll(timesOpen).toBe(0);
  await expect(source.read(9, 1)).rejects.toThrow(InputError);
  expect(await timesOpen()).toBe(0); // after an error at once
});

it.each([
  ["is longer", () => writeFile(file, Uint8Array.of(1, 2, 3, 4, 5, 6))],
  ["is cut short", () => truncate(file, 2)],
  ["is rewritten", () => utimes(file, 1, 1)],
  [
    "has been replaced by one as long and as old",
    async () => {
      const { atime, mtime } = await stat(file);
      const other = join(folder, "other");
      await writeFile(other, Uint8Array.of(9, 9, 9, 9, 9));
      await utimes(file, atime, mtime);
      await utimes(other, atime, mtime);
      await rename(other, file);
    },
  ],
])("what changes while it is read is noticed: it %s", async (_, change) => {
  const source = await fileSource(file, "it");
  expect(await source.read(0, 1)).toEqual(Uint8Array.of(1)); // and is still open
  await change();
  await expect(source.read(0, 5)).rejects.toThrow("it has changed since it was opened. Start again.");
  await expect(source.read(0, 5)).rejects.toThrow("it has changed since it was opened. Start again.");
});

it("a file that is gone is told of", async () => {
  const source = await fileSource(file, "it");
  await rm(file);
  await expect(source.read(0, 5)).rejects.toThrow(/^it cannot be read \(ENOENT/);
});
