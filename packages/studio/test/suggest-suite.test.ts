import { imageFolderOf, listedFiles } from "@em-stellar/data";
import { parseSuite } from "@em-stellar/runner";
import { describe, expect, it } from "vitest";
import { registryOf } from "../src/engine/registry.js";
import type { ComponentView } from "../src/engine/requests/suite.js";
import { completeSuite, type Effort, efforts, legalName, suggestSuite } from "../src/project/suggest-suite.js";

const files = listedFiles(new Map());
const registry = registryOf(files);
const known: readonly ComponentView[] = registry
  .list("network")
  .map(({ id, summary, defaults }) => ({ id, summary, defaults: { ...defaults } }));
const set = { smallestSide: 128, folds: 3, someAreEmpty: false };
const data = { source: "image-folder", options: imageFolderOf(files)().options as Record<string, unknown> } as const;

describe("a suggested suite", () => {
  it.each((Object.keys(efforts) as Effort[]).flatMap((effort) => [true, false].map((isGpu) => ({ effort, isGpu }))))(
    "can be run: $effort, on a GPU: $isGpu",
    ({ effort, isGpu }) => {
      const draft = suggestSuite(effort, { set, name: "My images!", isGpu, known });
      const suite = parseSuite(completeSuite(draft, data), registry);
      expect(suite.name).toBe("My-images");
      expect(suite.networks.map(({ id }) => id).sort()).toEqual([...efforts[effort].networks].sort());
      expect(suite.folds).toBe(Math.min(3, efforts[effort].folds));
      for (const { options } of suite.trainings) expect(options.patch).toBeLessThanOrEqual(128);
    },
  );

  it("has patches that fit into the smallest image, and shallow networks where they are small", () => {
    const draft = suggestSuite("balanced", { set: { ...set, smallestSide: 20 }, name: "tiny", isGpu: true, known });
    expect(draft.training.patch).toBe(16);
    expect(draft.networks.find(({ id }) => id === "unet-bn")?.options.depth).toBe(1);
  });

  it("balances folds where an image shows no object", () => {
    expect(suggestSuite("fast", { set: { ...set, someAreEmpty: true }, name: "a", isGpu: false, known }).split).toEqual(
      {
        stratify: true,
      },
    );
  });

  it("has a name that may stand in paths", () => {
    expect(["../up", "Zellen & Co", "", "..."].map(legalName)).toEqual(["up", "Zellen-Co", "my-images", "my-images"]);
  });
});
