import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../src/cli.js";
import { cardiac, type DataSet, download, lateralHabenula } from "../src/data-sets/index.js";

const first = Buffer.from("the first file, thirty-one bytes");
const second = Buffer.alloc(60_000, "0123456789");
const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");
const set: DataSet = {
  id: "fake",
  summary: "Two small files",
  licence: "none",
  citation: "none",
  files: [
    { path: "train/a b.txt", bytes: first.length, sha256: sha256(first) },
    { path: "train/c.bin", bytes: second.length, sha256: sha256(second) },
  ],
  source: (path) => `owner/repository/commit/${path}`,
};

let server: Server;
let from: string;
let folder: string;
let requests: { path: string; range: string | undefined }[];
let answer: (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

const whole = (_: IncomingMessage, response: ServerResponse, content: Buffer) => void response.end(content);
const ranged = (request: IncomingMessage, response: ServerResponse, content: Buffer) => {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (start > 0) response.writeHead(206, { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` });
  response.end(content.subarray(start));
};

/** Sends a part of train/c.bin, and breaks the connection when so many bytes of it are in the file: what is on its way is lost. */
const sendUntilStored = (response: ServerResponse, part: Buffer, size: number) =>
  response.write(part, async () => {
    const isStored = async () => (await stat(join(folder, "train/c.bin.part")).catch(() => undefined))?.size === size;
    while (!response.destroyed && !(await isStored())) await wait(5); // milliseconds
    response.destroy();
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-data-"));
  requests = [];
  answer = ranged;
  server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    requests.push({ path, range: request.headers.range });
    if (path === "/owner/repository/commit/train/a b.txt") answer(request, response, first);
    else if (path === "/owner/repository/commit/train/c.bin") answer(request, response, second);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const stored = (path: string) => readFile(join(folder, path));
const place = async (path: string, content: Buffer) => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};

describe("downloading a data set", () => {
  it("fetches every file, and nothing the second time", async () => {
    const states: string[] = [];
    await download(set, folder, { from, onFile: (file, state) => states.push(`${file.path} ${state}`) });
    expect(await stored("train/a b.txt")).toEqual(first);
    expect(await stored("train/c.bin")).toEqual(second);
    await download(set, folder, { from, onFile: (file, state) => states.push(`${file.path} ${state}`) });
    expect(states).toEqual([
      "train/a b.txt fetched",
      "train/c.bin fetched",
      "train/a b.txt present",
      "train/c.bin present",
    ]);
    expect(requests).toHaveLength(2);
    expect(existsSync(join(folder, "train/c.bin.part"))).toBe(false);
  });

  it("takes a broken connection up where it broke", async () => {
    let breaks = 2;
    answer = (request, response, content) => {
      if (content !== second || breaks-- <= 0) return ranged(request, response, content);
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      response.writeHead(start > 0 ? 206 : 200, {
        "content-length": content.length - start,
        ...(start > 0 ? { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
      });
      sendUntilStored(response, content.subarray(start, start + 20_000), start + 20_000);
    };
    await download(set, folder, { from });
    expect(await stored("train/c.bin")).toEqual(second);
    expect(requests.filter(({ path }) => path.endsWith("c.bin")).map(({ range }) => range)).toEqual([
      undefined,
      "bytes=20000-",
      "bytes=40000-",
    ]);
  });

  it("stops a server that sends more than was published, and keeps nothing of it", async () => {
    let sent = 0;
    answer = (_, response, content) => {
      if (content !== second) return void response.end(content);
      response.on("error", () => {});
      const pour = () => {
        while (!response.destroyed && sent < 2 ** 30) {
          sent += second.length;
          if (!response.write(second)) return void response.once("drain", pour);
        }
        response.end();
      };
      pour();
    };
    await expect(download(set, folder, { from, retries: 0 })).rejects.toThrow(
      /is not the file that was published as train\/c\.bin: it is longer than 60000 bytes/,
    );
    expect(sent).toBeLessThan(2 ** 26);
    expect(existsSync(join(folder, "train/c.bin.part"))).toBe(false);
  });

  it("keeps what it has when it gives up, and goes on from there", async () => {
    answer = (request, response, content) => {
      if (content !== second) return ranged(request, response, content);
      response.writeHead(200, { "content-length": content.length });
      sendUntilStored(response, content.subarray(0, 25_000), 25_000);
    };
    await expect(download(set, folder, { from, retries: 0 })).rejects.toThrow(
      /Could not download train\/c\.bin .*Run the same command again to continue/,
    );
    expect((await stat(join(folder, "train/c.bin.part"))).size).toBe(25_000);
    expect(existsSync(join(folder, "train/c.bin"))).toBe(false);
    answer = ranged;
    await download(set, folder, { from });
    expect(requests.at(-1)?.range).toBe("bytes=25000-");
    expect(await stored("train/c.bin")).toEqual(second);
  });

  it("starts over where the server ignores Range", async () => {
    await place("train/c.bin.part", second.subarray(0, 5_000));
    answer = whole;
    await download(set, folder, { from });
    expect(await stored("train/c.bin")).toEqual(second);
  });

  it("drops a begun file that is not part of the original, and one that is too long", async () => {
    await place("train/a b.txt.part", Buffer.alloc(first.length + 5));
    await place("train/c.bin.part", Buffer.alloc(5_000, "x"));
    await download(set, folder, { from });
    expect(await stored("train/a b.txt")).toEqual(first);
    expect(await stored("train/c.bin")).toEqual(second);
  });

  it("refuses content with another hash, naming the file, and keeps nothing of it", async () => {
    answer = (_, response, content) => void response.end(Buffer.alloc(content.length, "x"));
    await expect(download(set, folder, { from })).rejects.toThrow(
      /a%20b\.txt is not the file that was published as train\/a b\.txt: its SHA-256 is/,
    );
    expect(existsSync(join(folder, "train/a b.txt"))).toBe(false);
    expect(existsSync(join(folder, "train/a b.txt.part"))).toBe(false);
  });

  it("does not overwrite a file of the same name that is not the published one", async () => {
    await place("train/a b.txt", Buffer.from("mine"));
    await expect(download(set, folder, { from })).rejects.toThrow(/a b\.txt is not the published file.*Move it away/);
    expect(await stored("train/a b.txt")).toEqual(Buffer.from("mine"));
    expect(requests).toHaveLength(0);
  });

  it("tries again after a busy server, and not after a missing file", async () => {
    let busy = 1;
    answer = (request, response, content) =>
      busy-- > 0 ? void response.writeHead(503).end() : ranged(request, response, content);
    await download(set, folder, { from });
    expect(await stored("train/a b.txt")).toEqual(first);
    const missing = { ...set, source: () => "owner/repository/commit/nothing" };
    await rm(join(folder, "train"), { recursive: true });
    requests = [];
    await expect(download(missing, folder, { from })).rejects.toThrow(/answered 404/);
    expect(requests).toHaveLength(1);
  });
});

describe("the published data sets", () => {
  it.each([
    ["cardiac", "test/masks/C0004.png", "Images/Groundtruth/Groundtruth0002.png"],
    ["cardiac", "test/images/D0004.tif", "Zero/Test/D0004.tif"],
    ["cardiac", "train/images/A0005.tif", "Zero/Training_source/A0005.tif"],
    ["cardiac", "train/masks/A0005.tif", "Zero/Training_target/A0011.tif"],
    ["cardiac", "train/masks/B0000.tif", "Zero/Training_target/B0006.tif"],
    [
      "cardiac",
      "released-predictions/EM-net V1 BN/B0004.png",
      "Images/Networks outputs/EM-net V1 BN/EM-net V1 BN0001.png",
    ],
    ["lateral-habenula", "train/images/slice-010.png", "mito_testsample/training/images/images.010.png"],
    ["lateral-habenula", "validation/masks/slice-059.png", "mito_testsample/validation/labels/mitos_3D.059.png"],
  ])("%s: %s comes from %s", (id, path, source) => {
    const dataSet = id === "cardiac" ? cardiac : lateralHabenula;
    expect(dataSet.files.map((file) => file.path)).toContain(path);
    expect(dataSet.source(path).replace(/^[^/]+\/[^/]+\/[0-9a-f]{40}\//, "")).toBe(source);
  });

  it("every file has a source of its own", () => {
    for (const dataSet of [cardiac, lateralHabenula]) {
      const sources = new Set(dataSet.files.map(({ path }) => dataSet.source(path)));
      expect(sources.size).toBe(dataSet.files.length);
      expect([...sources].join(" ")).not.toMatch(/undefined|NaN|-1\./);
    }
    expect([cardiac.files.length, lateralHabenula.files.length]).toEqual([68, 60]);
  });

  const data = process.env.EM_STELLAR_DATA;
  it.skipIf(data === undefined)("em-stellar data fetches them all from a mirror (needs EM_STELLAR_DATA)", async () => {
    const paths = new Map(
      cardiac.files.map(({ path }) => [`/${cardiac.source(path)}`, join(data ?? "", "cardiac", path)]),
    );
    const mirror = createServer(async (request, response) => {
      const path = paths.get(decodeURIComponent(request.url ?? ""));
      if (path) response.end(await readFile(path));
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => mirror.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
    let [stdout, stderr] = ["", ""];
    const status = await main(["data", "cardiac", folder, "--from", url], {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: {},
    });
    mirror.close();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^FIB-SEM .*\nLicence: MIT .*\nCite: +Khadangi/);
    expect(stdout).toContain("✓ train/masks/A0005.tif (");
    expect(stdout).toMatch(/✓ 68 files in .*; every SHA-256 matches\.\n$/);
  });

  it.skipIf(process.platform !== "linux")("a full disk ends it at once, in a sentence", async () => {
    const part = join(folder, "train", "a b.txt.part");
    await mkdir(dirname(part));
    await symlink("/dev/full", part); // every write to it finds no space
    await expect(download(set, folder, { from })).rejects.toThrow(
      /a b\.txt\.part cannot be written \(ENOSPC.*\)\. Free some space there, .* continue where it stopped\./,
    );
    expect(requests).toHaveLength(1);
  });

  it.skipIf(data === undefined)("checksums are those of the files (needs EM_STELLAR_DATA)", async () => {
    // Nothing listens at this address: every file must be there already.
    for (const dataSet of [cardiac, lateralHabenula]) {
      await download(dataSet, join(data ?? "", dataSet.id), { from: "http://127.0.0.1:9", retries: 0 });
    }
  });
});
