import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSuite } from "../src/suite-file.js";

const root = join(import.meta.dirname, "..", "..", "..");
const built = existsSync(join(root, "packages", "core", "dist", "index.js"));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-suite-"));
});
afterEach(() => rm(folder, { recursive: true }));

const suite = {
  name: "small",
  data: "phantom",
  networks: [{ id: "unet-bn", options: { depth: 2 } }],
  loss: "dice",
  optimizer: "adam",
  metrics: ["jaccard"],
  training: { patch: 64 },
};
const write = async (name: string, content: unknown) => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

describe("a suite in JSON", () => {
  it("becomes components, with the folder that its paths start from", async () => {
    const loaded = await loadSuite(await write("suite.json", suite));
    expect(loaded.folder).toBe(folder);
    expect(loaded.suite.networks[0]).toMatchObject({
      id: "unet-bn",
      stride: 4,
      options: { depth: 2, baseFilters: 64 },
    });
    expect(loaded.registry.origin("loss", "dice")?.name).toBe("@em-stellar/losses");
  });

  it("may name plugins by file, and built-in ones by name", async () => {
    await write(
      "plugin.mjs",
      `const summary = "always the same";
       const make = (options = {}) => ({ kind: "loss", id: "zero", options, compute: () => 0 });
       const zero = Object.assign(make, { kind: "loss", id: "zero", summary, defaults: {} });
       export default { name: "my-lab", version: "1.2.3", components: [zero] };`,
    );
    const plugins = ["./plugin.mjs", "@em-stellar/nets-unet"];
    const { suite: read, registry } = await loadSuite(await write("suite.json", { ...suite, plugins, loss: "zero" }));
    expect(read.losses[0]?.id).toBe("zero");
    expect(registry.origin("loss", "zero")).toEqual({ name: "my-lab", version: "1.2.3" });
  });

  it.each([
    [
      "a misspelt id",
      { ...suite, loss: "dise" },
      /suite\.json: .*\n {2}loss: No loss named "dise"\. Did you mean "dice"\?/,
    ],
    [
      "a field of the wrong form",
      { ...suite, folds: "four" },
      /suite\.json: .*\n {2}folds takes a number, but is "four"\./,
    ],
    ["broken JSON", "{ name: ", /suite\.json, line 1, column 3: name has no quotes/],
    [
      "a plugin that is not there",
      { ...suite, plugins: ["./gone.js"] },
      /plugins\[0\] of suite\.json: ".\/gone\.js" was not found from .*Paths start from the suite's folder/,
    ],
    [
      "a package that is not installed",
      { ...suite, plugins: ["em-nothing"] },
      /plugins\[0\] .* Install it: npm install em-nothing/,
    ],
  ])("names the file and the place of %s", async (_, content, message) => {
    await expect(loadSuite(await write("suite.json", content))).rejects.toThrow(message);
  });

  it("says that a plugin's module exports none", async () => {
    await write("plugin.mjs", "export const nothing = 1;");
    const file = await write("suite.json", { ...suite, plugins: ["./plugin.mjs"] });
    await expect(loadSuite(file)).rejects.toThrow(
      /plugins\[0\] of suite\.json \(".\/plugin\.mjs"\) exports no plugin: export default definePlugin/,
    );
  });

  it("lets an error inside a plugin through", async () => {
    await write("plugin.mjs", 'throw new Error("broken inside");');
    const file = await write("suite.json", { ...suite, plugins: ["./plugin.mjs"] });
    await expect(loadSuite(file)).rejects.toThrow("broken inside");
  });
});

describe("a suite in a module", () => {
  it.each(["suite.mjs", "suite.ts"])("%s: is its default export", async (name) => {
    const type = name.endsWith(".ts") ? ": number" : "";
    const code = `const n${type} = 1; export default { name: "made", networks: [], losses: [], baselines: [], seeds: [n] };`;
    const loaded = await loadSuite(await write(name, code));
    expect(loaded.suite).toMatchObject({ name: "made", seeds: [1] });
  });

  it("gets the floors where it says nothing of baselines, and keeps its own, even none, where it does", async () => {
    const floors = async (baselines: string) => {
      const code = `export default { networks: [], losses: []${baselines} };`;
      const { suite: loaded } = await loadSuite(await write(`suite-${baselines.length}.mjs`, code));
      return loaded.baselines?.map(({ id }) => id);
    };
    expect(await floors("")).toEqual(["constant", "otsu", "smoothed-threshold"]);
    expect(await floors(", baselines: []")).toEqual([]);
    expect(await floors(', baselines: [{ id: "mine" }]')).toEqual(["mine"]);
  });

  it("may export plugins beside it", async () => {
    const code = `export const plugins = [{ name: "my-lab", version: "1.0.0", components: [] }];
      export default { networks: [], losses: [], baselines: [] };`;
    const { registry } = await loadSuite(await write("suite.mjs", code));
    expect(registry.plugins.map(({ name }) => name)).toContain("my-lab");
  });

  it("that exports something else, or is missing, or is no suite by name, is refused", async () => {
    const wrong = await write("suite.mjs", "export default { networks: [] };");
    await expect(loadSuite(wrong)).rejects.toThrow(/must export a suite by default: export default defineSuite/);
    await expect(loadSuite(join(folder, "none.ts"))).rejects.toThrow(/There is no suite at .*none\.ts/);
    await expect(loadSuite(await write("suite.yaml", ""))).rejects.toThrow(
      /must end in \.json, or in \.js, \.mjs, \.ts, \.mts/,
    );
  });

  // Node resolves what a module imports to built files: there are none before the first build.
  it.skipIf(!built)("in TypeScript shares this program's packages", async () => {
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    const code = `import { engine } from "@tensorflow/tfjs-core";
      export default { networks: [], losses: [], baselines: [], engine: engine() };`;
    const loaded = await loadSuite(await write("suite.ts", code));
    const { engine } = await import("@tensorflow/tfjs-core");
    expect(Object.entries(loaded.suite).find(([key]) => key === "engine")?.[1]).toBe(engine());
  });
});
