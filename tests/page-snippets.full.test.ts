import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markdownPages } from "./markdown-pages.js";
import { brokenPromises, runSnippet } from "./readme.js";
import { blocksOf, codeOf } from "./shown-commands.js";
import { root } from "./workspace.js";

// Those of READMEs run in tests/readmes.test.ts, which also compiles all of them.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(root, "tests", ".readmes-")); // where imports resolve as in any package
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a snippet of the documentation", () => {
  const snippets = markdownPages
    .filter((page) => page.startsWith("docs/"))
    .flatMap((page) => blocksOf(join(root, page)).map((block) => ({ page, line: block.line, block })))
    .filter(({ block: { language, test = "" } }) => language === "ts" && !/^(skip|compile), /.test(test));

  it("is found", () => expect(snippets.length).toBeGreaterThan(10));

  it.each(snippets)("of $page, line $line, runs and prints what it says", ({ page, line, block }) => {
    const code = codeOf(block);
    const file = join(folder, `${page.replace(/\W/g, "-")}-${line}.ts`);
    writeFileSync(file, code);
    const { status, stdout, stderr } = runSnippet(file);
    expect(status, stderr).toBe(0);
    expect(brokenPromises(code, stdout.split("\n")), `it printed ${stdout}`).toEqual([]);
  });
});
