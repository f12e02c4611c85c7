import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { noticeOfCode } from "../src/code-notice.js";

let folder: string;
const at = (...path: string[]) => join(folder, ...path);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-notice-"));
  await mkdir(at("project"));
  await writeFile(at("network.mjs"), "export default 1;");
  await writeFile(at("project", "own.mjs"), "export default 2;");
});
afterEach(() => rm(folder, { recursive: true }));

const told = (file: string, project = at("project")) => {
  const lines: string[] = [];
  noticeOfCode(file, { print: (line = "") => void lines.push(line) }, project);
  return lines;
};

it("tells of a program from elsewhere at its first use, and when it has changed", async () => {
  const notice = [expect.stringMatching(/network\.mjs is code from outside the current folder and can do whatever/)];
  expect(told(at("network.mjs"))).toEqual(notice);
  expect(told(at("network.mjs"))).toEqual([]);
  await writeFile(at("network.mjs"), "export default 3;");
  expect(told(at("network.mjs"))).toEqual(notice);
  expect(told(at("network.mjs"))).toEqual([]);
  await mkdir(at("other"));
  expect(told(at("network.mjs"), at("other"))).toEqual(notice); // another project
});

it("says nothing of the project's own files, and leaves nothing then", () => {
  expect(told(at("project", "own.mjs"))).toEqual([]);
  expect(existsSync(at("project", "runs"))).toBe(false);
});

it("says it every time where it cannot be remembered, or where what was remembered is broken", async () => {
  await writeFile(at("project", "runs"), "a file in the place of the folder");
  expect([told(at("network.mjs")).length, told(at("network.mjs")).length]).toEqual([1, 1]);
  await rm(at("project", "runs"));
  told(at("network.mjs"));
  await writeFile(at("project", "runs", "known-programs.json"), "{");
  expect([told(at("network.mjs")).length, told(at("network.mjs")).length]).toEqual([1, 0]);
});
