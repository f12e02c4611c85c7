import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { markdownPages } from "./markdown-pages.js";
import { root } from "./workspace.js";

const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The header rows of a page's tables. */
function headersOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.filter((line, i) => line.startsWith("|") && /^\|[-:| ]+\|$/.test(lines[i + 1] ?? ""));
}

it("finds the header of a table", () => {
  expect(headersOf("text\n| a |  |\n| --- | --: |\n| 1 | 2 |\n")).toEqual(["| a |  |"]);
  expect(cellsOf("| a \\| b |  |")).toEqual(["a \\| b", ""]);
});

it.each(markdownPages)("each column of a table of %s has a heading, which screen readers read to each cell", (page) => {
  const headers = headersOf(readFileSync(join(root, page), "utf8"));
  expect(headers.filter((line) => cellsOf(line).includes(""))).toEqual([]);
});
