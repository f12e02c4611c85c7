import { deflateSync, inflateSync } from "node:zlib";
import { createRandom } from "@em-stellar/core";
import { afterEach, describe, expect, it, vi } from "vitest";

/** The modules as they are in Node, and as they are in a page. */
async function both<T>(load: () => Promise<T>): Promise<[node: T, page: T]> {
  vi.resetModules();
  const node = await load();
  vi.stubGlobal("process", undefined);
  vi.resetModules();
  return [node, await load()];
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** Bytes with repetitions near and far. */
function bytes(length: number): Uint8Array {
  const random = createRandom(length);
  return Uint8Array.from({ length }, (_, i) => (i % 40_000 < 20_000 ? (i * i) % 251 : random.integer(256)));
}

describe("zlib of Node and of pages", () => {
  it("unpack the same, also of what is longer than promised, and refuse the same with the same words", async () => {
    const [node, page] = await both(() => import("../src/formats/inflate.js"));
    const data = bytes(100_000);
    const packed = deflateSync(data);
    const damaged = Uint8Array.from(packed);
    damaged[damaged.length - 1] = 255 - (packed.at(-1) as number); // its checksum
    for (const length of [0, 1, 99_999, 100_000]) {
      for (const { inflateTo } of [node, page]) {
        expect(Buffer.compare(inflateTo(packed, length), data.subarray(0, length))).toBe(0);
      }
    }
    for (const [chunk, length] of [
      [packed, 100_001],
      [packed.subarray(0, 50), 100_000],
      [damaged, 100_000],
      [new Uint8Array(0), 10],
      [data, 100_000],
    ] as const) {
      const words = [node, page].map(({ inflateTo }) => {
        try {
          inflateTo(chunk, length);
          return "nothing";
        } catch (error) {
          return String(error);
        }
      });
      expect(words[0]).not.toBe("nothing");
      expect(words[0]).toBe(words[1]);
    }
  });

  it("sum up the same", async () => {
    const [node, page] = await both(() => import("../src/png/crc32.js"));
    for (const { crc32 } of [node, page]) {
      expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926); // the check value of CRC-32/ISO-HDLC
      expect(crc32(new Uint8Array(0))).toBe(0);
    }
    expect(node.crc32(bytes(70_001))).toBe(page.crc32(bytes(70_001)));
  });

  it("write streams that any zlib reads, cut at the same places however the data come", async () => {
    const streams = await both(() => import("../src/png/zlib-stream.js"));
    for (const { createZlibStream } of streams) {
      for (const length of [0, 1, 2 ** 20, 2 ** 20 + 70_000]) {
        const data = bytes(length);
        const written = [65_537, 1_000_003].map((step) => {
          const stream = createZlibStream();
          const parts: Uint8Array[] = [];
          for (let at = 0; at < length; at += step) parts.push(...stream.add(data.subarray(at, at + step)));
          return Buffer.concat([...parts, ...stream.end()]);
        });
        for (const stream of written) expect(inflateSync(stream).equals(data)).toBe(true); // zlib compares its checksum
        if (createZlibStream === streams[0].createZlibStream)
          expect(written[0]?.equals(written[1] as Buffer)).toBe(true);
      }
    }
  });
});
