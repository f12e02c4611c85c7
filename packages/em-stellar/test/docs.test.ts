import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSuite } from "@em-stellar/runner";
import { expect, it } from "vitest";
import { builtins } from "../src/registry.js";

const root = join(import.meta.dirname, "..", "..", "..");

it.each(["README.md", "docs/getting-started.md"])("the JSON suites in %s are suites", (file) => {
  const blocks = [...readFileSync(join(root, file), "utf8").matchAll(/^ *```json\n([\s\S]*?)^ *```$/gm)];
  expect(blocks.length).toBeGreaterThan(0);
  for (const [, json = ""] of blocks) expect(parseSuite(JSON.parse(json), builtins).name).toBe("my-images");
});

it("so is the one of the quickstart", () => {
  const json = readFileSync(join(root, "examples", "quickstart", "suite.json"), "utf8");
  expect(parseSuite(JSON.parse(json), builtins).folds).toBe(2);
});
