import { join } from "node:path";
import { memoryStore } from "@em-stellar/core";
import { browserStore } from "@em-stellar/runner/browser";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../../../tests/browser/chromium.js";
import { runInWorker } from "../../../tests/browser/run-in-worker.js";
import { type Served, servePrograms } from "../../../tests/browser/serve-programs.js";
import type { Given, Step } from "./browser-store/program.js";

describe.skipIf(!hasChromium)("in Chromium (needs it: scripts/install-chromium.sh)", () => {
  let served: Served;
  let browser: Browser;
  beforeAll(async () => {
    served = await servePrograms({ store: join(import.meta.dirname, "browser-store", "program.ts") });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    served?.close();
  });

  /** What each step gives in a worker; each list in a page of its own, one after the other, in one browser profile. */
  async function inPages(folder: string, ...lists: readonly (readonly Step[])[]): Promise<unknown[][]> {
    const context = await browser.newContext();
    const all: unknown[][] = [];
    for (const steps of lists) {
      const page = await context.newPage();
      await page.goto(served.address);
      const given = await runInWorker<Given>(page, "store", { folder, steps });
      all.push(given.map((one) => ("error" in one ? new Error(one.error) : one.value)));
      await page.close();
    }
    await context.close();
    return all;
  }

  it("gives back what was written, in another page too, and lists it", async () => {
    const [first, second] = await inPages(
      "runs/first",
      [
        { do: "write", path: "a/b.bin", bytes: [1, 2, 3] },
        { do: "writeJson", path: "c.json", value: 1 },
        { do: "writeJson", path: "c.json", value: { longer: [2, 2, 2, 2] } },
        { do: "writeJson", path: "c.json", value: 3 },
        { do: "write", path: "a/empty", bytes: [] },
      ],
      [
        { do: "read", path: "a/b.bin" },
        { do: "readJson", path: "c.json" },
        { do: "read", path: "a/empty" },
        { do: "list", path: "" },
        { do: "list", path: "a" },
        { do: "list", path: "nowhere" },
        { do: "list", path: "c.json" },
      ],
    );
    expect(first).toEqual([null, null, null, null, null]);
    const all = ["a/b.bin", "a/empty", "c.json"];
    expect(second).toEqual([[1, 2, 3], 3, [], all, ["a/b.bin", "a/empty"], [], []]);
  });

  it("knows nothing of a file that is missing or was removed", async () => {
    const [given] = await inPages("run", [
      { do: "read", path: "x" },
      { do: "read", path: "x/y/z" },
      { do: "write", path: "x/y/z", bytes: [1] },
      { do: "read", path: "x/y" },
      { do: "read", path: "x/y/z/no-folder" },
      { do: "remove", path: "x/y" },
      { do: "remove", path: "nowhere/at/all" },
      { do: "read", path: "x/y/z" },
      { do: "write", path: "m", bytes: [1] },
      { do: "write", path: "n/o", bytes: [1] },
      { do: "remove", path: "" },
      { do: "list", path: "" },
    ]);
    expect(given).toEqual([null, null, null, null, null, null, null, null, null, null, null, []]);
  });

  it("has the old content, or none, of what a page that was closed had begun to write", async () => {
    const [, second] = await inPages(
      "run",
      [
        { do: "write", path: "old", bytes: [1, 2] },
        { do: "beginToWrite", path: "old" },
        { do: "beginToWrite", path: "new.writing" },
      ],
      [
        { do: "list", path: "" },
        { do: "read", path: "old" },
        { do: "read", path: "new" },
        { do: "write", path: "new", bytes: [3] },
        { do: "write", path: "old", bytes: [4] },
        { do: "read", path: "new" },
        { do: "read", path: "old" },
        { do: "list", path: "" },
      ],
    );
    expect(second).toEqual([["old"], [1, 2], null, null, null, [3], [4], ["new", "old"]]);
  });

  it("is locked by one of two pages at a time, until that one gives the lock back or is closed", async () => {
    const context = await browser.newContext();
    const pages = await Promise.all([1, 2].map(() => context.newPage()));
    for (const page of pages) await page.goto(served.address);
    const [first, second] = pages as [Page, Page];
    const steps = (...list: Step[]) => ({ folder: "run", steps: list });
    const taken = { do: "keepLock", path: "writer.lock" } as const;
    // Not by runInWorker, which ends the worker: this one holds the lock until the page is closed.
    await first.evaluate(`new Promise((resolve) => {
      globalThis.holder = new Worker("store.js", { type: "module" });
      holder.onmessage = ({ data }) => { if (data === "end") resolve(); };
      holder.postMessage(${JSON.stringify(steps({ do: "lock", path: "writer.lock" }, taken, taken))});
    })`);
    const refused = await runInWorker<Given>(second, "store", steps(taken, { do: "lock", path: "other.lock" }));
    expect(refused).toEqual([
      { error: expect.stringMatching(/^LockedError: This run is in use .*another tab or window/) },
      { value: null },
    ]);
    await first.close();
    expect(await runInWorker<Given>(second, "store", steps(taken))).toEqual([{ value: null }]);
    await context.close();
  });

  it("says so where the browser has no more room, and keeps what it has", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(served.address);
    const devtools = await context.newCDPSession(page);
    const origin = served.address.slice(0, -1);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 100_000 });
    const large = Array(200_000).fill(7);
    const given = await runInWorker<Given>(page, "store", {
      folder: "run",
      steps: [
        { do: "write", path: "a", bytes: [1] },
        { do: "write", path: "a", bytes: large },
        { do: "write", path: "b", bytes: large },
        { do: "list", path: "" },
        { do: "read", path: "a" },
      ] satisfies Step[],
    });
    await context.close();
    const full = (path: string) => ({
      error: `StoreError: The browser has no more room for this page: ${path} could not be written to the browser's storage, folder run. Remove earlier runs, or free space on the disk. Start again to go on from what is kept.`,
    });
    expect(given).toEqual([{ value: null }, full("a"), full("b"), { value: ["a"] }, { value: [1] }]);
  });

  it("does as the store in memory does", async () => {
    const steps: Step[] = [
      { do: "writeJson", path: "jobs/unet-bn/fold-0/seed-1/job.json", value: { ü: "µm" } },
      { do: "write", path: "jobs/unet-bn/fold-0/seed-10/state.bin", bytes: [0, 255] },
      { do: "list", path: "jobs/unet-bn/fold-0" },
      { do: "remove", path: "jobs/unet-bn/fold-0/seed-1" },
      { do: "list", path: "" },
    ];
    const memory = memoryStore();
    await memory.write("jobs/unet-bn/fold-0/seed-1/job.json", Uint8Array.of());
    await memory.write("jobs/unet-bn/fold-0/seed-10/state.bin", Uint8Array.of());
    const before = await memory.list("jobs/unet-bn/fold-0");
    await memory.remove("jobs/unet-bn/fold-0/seed-1");
    const [given] = await inPages("run", steps);
    expect(given?.slice(2)).toEqual([before, null, await memory.list("")]);
  });
});

it("says what to do where there is no such storage, as in Node", async () => {
  await expect(browserStore("run")).rejects.toThrow(/no file storage.* memoryStore\(\) of @em-stellar\/core/);
});
