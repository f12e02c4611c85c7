import { expect, it } from "vitest";
import { withFlags } from "../../src/terminal/option-flags.js";

const option = (name: string, long: string) => ({ attributeName: () => name, long });
const options = [option("truthLabels", "--truth-labels"), option("out", "--out"), option("pair", "--pair")];

it.each([
  ["say `truthLabels: 1-40`.", "say --truth-labels 1-40."],
  ["`out` is missing", "--out is missing"],
  ["`truthLabels: 1` or `pair: order`", "--truth-labels 1 or --pair order"],
  // What the command does not have is no option of it.
  ["`suite.json` and `threshold: 1` stay", "`suite.json` and `threshold: 1` stay"],
])("%s", (message, spelled) => {
  expect(withFlags(message, options)).toBe(spelled);
});
