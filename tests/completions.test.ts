import { join } from "node:path";
import ts from "typescript";
import { afterAll, expect, it } from "vitest";
import { root } from "./workspace.js";

const file = join(root, "tests", "in-an-editor.ts"); // exists in the editor only
let text = "";
let version = 0;
const { config } = ts.readConfigFile(join(root, "tsconfig.node.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
const editor = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => [file],
  getScriptVersion: (path) => (path === file ? `${version}` : "0"),
  getScriptSnapshot(path) {
    const content = path === file ? text : ts.sys.readFile(path);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (path) => path === file || ts.sys.fileExists(path),
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
});
afterAll(() => editor.dispose());

/** What an editor offers at the place marked `▮` of a file that stands among these tests. */
function completionsIn(marked: string): string[] {
  text = marked.replace("▮", "");
  version++;
  const found = editor.getCompletionsAtPosition(file, marked.indexOf("▮"), undefined);
  return (found?.entries ?? []).map(({ name }) => name).sort();
}

it("an editor offers the ids that a registry has, kind by kind", () => {
  const before = `
    import { createRegistry } from "@em-stellar/core";
    import metrics from "@em-stellar/metrics";
    import nets from "@em-stellar/nets-unet";
    const registry = createRegistry(nets, metrics);
  `;
  expect(completionsIn(`${before} registry.get("network", "▮");`)).toEqual(["prelu-net", "unet", "unet-bn"]);
  expect(completionsIn(`${before} registry.get("metric", "▮");`)).toContain("jaccard");
});

it("an editor offers the options of a component, and the metrics of a suite where one is named", () => {
  const before = `
    import { f1, jaccard } from "@em-stellar/metrics";
    import { unetBn } from "@em-stellar/nets-unet";
    import { defineSuite, type SuiteDefinition } from "@em-stellar/runner";
    declare const rest: Omit<SuiteDefinition, "metrics">;
  `;
  expect(completionsIn(`${before} unetBn({ ▮ });`)).toEqual(expect.arrayContaining(["baseFilters", "depth", "head"]));
  expect(completionsIn(`${before} unetBn({ head: "▮" });`)).toEqual(["faithful", "stable"]);
  const suite = `${before} defineSuite({ ...rest, metrics: [f1(), jaccard()],`;
  expect(completionsIn(`${suite} rankBy: "▮" });`)).toEqual(["f1", "jaccard"]);
  expect(completionsIn(`${suite} training: { checkpoints: ["▮"] } });`)).toEqual(["f1", "jaccard", "loss"]);
});

it("an editor offers the options of a backend, and for auto those of all that it chooses from", () => {
  const ofAny = ["allowSoftware", "precision", "simd", "threads", "tune", "wasmPaths"];
  const before = 'import { auto, webgpu } from "em-stellar";';
  expect(completionsIn(`${before} auto({ ▮ });`)).toEqual(ofAny);
  expect(completionsIn(`${before} auto({ precision: "▮" });`)).toEqual(["float32", "mixed-float16"]);
  expect(completionsIn(`${before} webgpu({ ▮ }).start();`)).toEqual(["allowSoftware", "precision", "tune"]);
});
