import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@em-stellar/core";
import { findPages, openImageSet, readPlainFile } from "@em-stellar/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-plain-"));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

describe("a plain file", () => {
  it("is read, a larger one than may be is refused before", async () => {
    await writeFile(at("file"), "abc");
    expect(await readPlainFile(at("file"))).toEqual(Uint8Array.of(97, 98, 99));
    await writeFile(at("large"), "");
    await truncate(at("large"), 5 * 2 ** 30); // of which the disk holds nothing
    await expect(readPlainFile(at("large"))).rejects.toThrow(
      /large has 5368709120 bytes, but at most 2147483647 can be read/,
    );
    await expect(readPlainFile(at("file"), "it", 2)).rejects.toThrow("it has 3 bytes, but at most 2 can be read.");
  });

  it("is no folder", async () => {
    await mkdir(at("folder.png"));
    await expect(readPlainFile(at("folder.png"))).rejects.toThrow(InputError);
    await expect(findPages(at("folder.png"))).rejects.toThrow(/folder\.png is not a regular file/);
  });

  it.skipIf(process.platform === "win32")("is no pipe and no device: nobody waits for them", async () => {
    await mkdir(at("images"));
    expect(spawnSync("mkfifo", [at("images/pipe.png")]).status).toBe(0);
    for (const path of [at("images/pipe.png"), "/dev/zero"]) {
      await expect(readPlainFile(path)).rejects.toThrow(
        `${path} is not a regular file, but a folder, a pipe or a device`,
      );
      await expect(findPages(path)).rejects.toThrow(`${path} is not a regular file`);
    }
    await expect(openImageSet(at("images"), "`truth`")).rejects.toThrow(/pipe\.png is not a regular file/);
  });
});
