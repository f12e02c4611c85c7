import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError, StoreError } from "@em-stellar/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { appendLine, openForAppending } from "../src/write-output.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-log-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("lines are appended to a file in a folder that is made", async () => {
  const file = join(folder, "new", "events.jsonl");
  await openForAppending(file);
  appendLine(file, "{}");
  appendLine(file, "[]");
  expect(readFileSync(file, "utf8")).toBe("{}\n[]\n");
});

it.skipIf(process.platform !== "linux")(
  "a disk that becomes full, and a place that takes no file, say so",
  async () => {
    expect(() => appendLine("/dev/full", "{}")).toThrow(StoreError);
    expect(() => appendLine("/dev/full", "{}")).toThrow(
      /^\/dev\/full can no longer be written \(ENOSPC.* name another/,
    );
    await expect(openForAppending(join("/dev/null", "log"))).rejects.toThrow(InputError);
  },
);
