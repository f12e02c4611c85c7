import { expect, it } from "vitest";
import { createPageCache } from "../../src/viewer/page-cache.js";

it("reads a page once, and forgets the one that was not asked for the longest", async () => {
  const read: number[] = [];
  const cache = createPageCache(
    async (index) => {
      read.push(index);
      return `page ${index}`;
    },
    () => 10,
    25,
  );
  expect(await Promise.all([cache.get(0), cache.get(0)])).toEqual(["page 0", "page 0"]);
  await cache.get(1);
  await cache.get(0);
  await cache.get(2); // 0 and 2 fit
  expect(read).toEqual([0, 1, 2]);
  expect([0, 1, 2].map((index) => cache.peek(index))).toEqual(["page 0", undefined, "page 2"]);
});

it("keeps a page that is larger than its room, alone", async () => {
  const cache = createPageCache(
    async (index) => index,
    () => 100,
    10,
  );
  await cache.get(4);
  await cache.get(5);
  expect([cache.peek(4), cache.peek(5)]).toEqual([undefined, 5]);
});

it("asks again for a page that could not be read", async () => {
  let tries = 0;
  const cache = createPageCache(
    async () => {
      if (++tries === 1) throw new Error("no");
      return "there";
    },
    () => 1,
    10,
  );
  await expect(cache.get(0)).rejects.toThrow("no");
  expect(await cache.get(0)).toBe("there");
});
