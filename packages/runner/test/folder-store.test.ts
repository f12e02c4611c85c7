import { mkdir, mkdtemp, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJson, writeJson } from "@em-stellar/core";
import { folderStore } from "@em-stellar/runner/node";
import { expect, it } from "vitest";

const emptyFolder = () => mkdtemp(join(tmpdir(), "em-stellar-store-"));

it("gives back what was written, lists it, and leaves no temporary file", async () => {
  const folder = await emptyFolder();
  const store = await folderStore(join(folder, "made", "on", "demand"));
  await store.write("a/b.bin", Uint8Array.of(1, 2, 3));
  await writeJson(store, "c.json", { value: 1 });
  await writeJson(store, "c.json", { value: 2 });
  expect(await store.read("a/b.bin")).toEqual(Uint8Array.of(1, 2, 3));
  expect(await readJson(store, "c.json")).toEqual({ value: 2 });
  expect(await store.list("")).toEqual(["a/b.bin", "c.json"]);
  expect(await store.list("a")).toEqual(["a/b.bin"]);
  expect((await readdir(join(folder, "made/on/demand"), { recursive: true })).sort()).toEqual([
    "a",
    "a/b.bin",
    "c.json",
  ]);
});

it("knows nothing of a file that is missing, removed, or was being written when the power went", async () => {
  const folder = await emptyFolder();
  const store = await folderStore(folder);
  await writeFile(join(folder, "half.json.123.writing"), "{");
  expect(await store.read("half.json")).toBeUndefined();
  expect(await store.list("")).toEqual([]);
  expect(await store.list("nowhere")).toEqual([]);
  await store.write("x/y", Uint8Array.of(1));
  await store.remove("x");
  expect(await store.read("x/y")).toBeUndefined();
});

it("reads plain files in the folder only, whatever path a file of others names", async () => {
  const outer = await emptyFolder();
  const store = await folderStore(join(outer, "run"));
  await writeFile(join(outer, "secret"), "s");
  await mkdir(join(outer, "run", "sub"));
  await symlink(join(outer, "secret"), join(outer, "run", "link"));
  await store.write("here", Uint8Array.of(1));
  await symlink("here", join(outer, "run", "inside"));
  await expect(store.read("../secret")).rejects.toThrow(/^\.\.\/secret leads out of the folder/);
  await expect(store.read("sub/../../secret")).rejects.toThrow(/leads out of the folder/);
  await expect(store.read("link")).rejects.toThrow(
    /run\/link is damaged: it is a link that leads out of the folder; .*copy the file there/,
  );
  await expect(store.read("sub")).rejects.toThrow(
    /sub is damaged: it is not a regular file, but a folder, a pipe or a device\.$/,
  );
  expect(await store.read("inside")).toEqual(Uint8Array.of(1));
  expect(await store.read("../nothing")).toBeUndefined();
});

it("refuses a folder that cannot be written", async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, "file"), "");
  await expect(folderStore(join(folder, "file", "runs"))).rejects.toThrow(
    /cannot be written .* Choose another output folder/,
  );
});
