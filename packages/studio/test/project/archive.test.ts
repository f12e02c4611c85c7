import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, encodeText, InputError } from "@em-stellar/core";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { packArchive, unpackArchive } from "../../src/project/archive.js";

const files = new Map([
  ["project.json", encodeText('{"name":"mitochondria"}')],
  ["run/jobs/unet/fold-0/seed-1/best/weights.bin", Uint8Array.from({ length: 1000 }, (_, i) => i % 251)],
  ["images/Zelle 1 µ.png", new Uint8Array(0)],
]);
const list = (paths: Record<string, string>) =>
  encodeText(JSON.stringify({ format: "em-stellar-project", version: 1, files: paths }));
const zeroes = "0".repeat(64);
const opened = (entries: Record<string, Uint8Array>) => unpackArchive(zipSync(entries), "cells.zip");

describe("a project in one file", () => {
  it("comes back byte for byte, from the same bytes each time", async () => {
    const packed = await packArchive(files);
    expect(await unpackArchive(packed, "cells.zip")).toEqual(files);
    expect(await packArchive(files)).toEqual(packed);
  });

  const hasPython = spawnSync("python3", ["--version"]).status === 0;
  it.skipIf(!hasPython)("is a zip file that another program reads (needs Python)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "em-stellar-"));
    writeFileSync(join(folder, "cells.zip"), await packArchive(files));
    const script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), *z.namelist(), sep='|')";
    const names = execFileSync("python3", ["-c", script, join(folder, "cells.zip")], {
      encoding: "utf8",
      env: { PYTHONIOENCODING: "utf8" },
    });
    rmSync(folder, { recursive: true });
    expect(names.trim().split("|")).toEqual(["None", "em-stellar-project.json", ...files.keys()]);
  });
});

describe("a file that is no project of ours", () => {
  it.each([
    "../outside",
    "/etc/passwd",
    "a/../../b",
    "C:\\windows",
    "a\\b",
    "a//b",
    "./a",
    "a/",
    "nul\u0000",
    "a".repeat(600),
  ])("with a file called %j is refused", async (path) => {
    await expect(
      opened({ "em-stellar-project.json": list({ [path]: zeroes }), [path]: new Uint8Array(1) }),
    ).rejects.toThrow("which no project may hold.");
    await expect(packArchive(new Map([[path, new Uint8Array(1)]]))).rejects.toThrow("which no project may hold.");
  });

  it("says what is wrong with it", async () => {
    const unpacked = (bytes: Uint8Array) => unpackArchive(bytes, "cells.zip");
    await expect(unpacked(encodeText("hello"))).rejects.toThrow("cells.zip is no zip file, or a damaged one");
    await expect(opened({ a: new Uint8Array(1) })).rejects.toThrow("it lacks em-stellar-project.json");
    await expect(opened({ "em-stellar-project.json": encodeText("{}") })).rejects.toThrow(
      "its list of files is damaged",
    );
    const one = { "em-stellar-project.json": list({ "a.txt": zeroes }) };
    await expect(opened(one)).rejects.toThrow("cells.zip lacks a.txt.");
    await expect(opened({ ...one, "a.txt": new Uint8Array(1) })).rejects.toThrow("a.txt is not as it was saved");
    await expect(opened({ "em-stellar-project.json": list({}), "b.txt": new Uint8Array(1) })).rejects.toThrow(
      "holds b.txt, which its own list of files lacks.",
    );
    await expect(opened({ ...one, "a.txt": new Uint8Array(1), "A.TXT": new Uint8Array(1) })).rejects.toThrow("twice");
  });

  it("is refused before it is unpacked, where it would fill the memory", async () => {
    const bomb = zipSync({ "em-stellar-project.json": list({}), zeroes: new Uint8Array(2 ** 24) });
    expect(bomb.length).toBeLessThan(2 ** 16);
    await expect(unpackArchive(bomb, "cells.zip", { bytes: 2 ** 20, files: 10 })).rejects.toThrow(
      "more than 1048576 bytes",
    );
    const many = zipSync(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.txt`, new Uint8Array(1)])));
    await expect(unpackArchive(many, "cells.zip", { bytes: 2 ** 20, files: 10 })).rejects.toThrow("10 files");
  });

  it("is refused or read whole where any of its bytes changed, and by no other error", async () => {
    const packed = await packArchive(files);
    const random = createRandom(17);
    for (let trial = 0; trial < 2000; trial++) {
      const spoilt = packed.slice(0, trial % 4 === 0 ? random.integer(packed.length) : packed.length);
      for (let change = 0; change <= trial % 3 && spoilt.length > 0; change++) {
        spoilt[random.integer(spoilt.length)] = random.integer(256);
      }
      const outcome = await unpackArchive(spoilt, "cells.zip").catch((error: unknown) => error);
      if (!(outcome instanceof InputError)) expect(outcome).toEqual(files);
    }
  });
});
