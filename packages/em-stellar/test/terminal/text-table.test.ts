import { expect, it } from "vitest";
import { textTable } from "../../src/terminal/text-table.js";

it("keeps a row in one line, whatever its names hold", () => {
  expect(
    textTable(
      ["", "method"],
      [
        ["1", "two\nlines"],
        ["2", "\u001b[2J"],
      ],
    ).split("\n"),
  ).toEqual(["   method", "─".repeat(9), String.raw`1  two\nlines`, String.raw`2  \u001b[2J`]);
});
