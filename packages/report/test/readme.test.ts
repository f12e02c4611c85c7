import { readFileSync } from "node:fs";
import { writeJson } from "@em-stellar/core";
import { expect, test } from "vitest";
import { pageOf } from "./readme-snippet.js";
import { syntheticRun } from "./synthetic-run.js";

test("the README shows the snippet that runs here", async () => {
  const snippet = readFileSync(new URL("readme-snippet.ts", import.meta.url), "utf8");
  expect(readFileSync(new URL("../README.md", import.meta.url), "utf8")).toContain(snippet);
  const { results, store } = await syntheticRun({ side: 16, folds: 2, seeds: 1, networks: ["unet", "unet-bn"] });
  await writeJson(store, "results.json", results);
  expect(await pageOf(store)).toContain("ranks first by Jaccard");
});
