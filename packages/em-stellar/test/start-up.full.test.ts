import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { listComponents } from "../src/component-index.js";
import { builtins } from "../src/registry.js";

it("the index that the build makes holds what the registry of the sources holds", () => {
  const index = JSON.parse(readFileSync(new URL("../dist/components.json", import.meta.url), "utf8"));
  expect(index).toEqual(listComponents(builtins.plugins));
});
