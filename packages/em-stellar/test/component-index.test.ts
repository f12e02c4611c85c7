import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listComponents, readComponentIndex } from "../src/component-index.js";
import { builtins } from "../src/registry.js";

let folder: string;
let file: URL;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-index-"));
  file = pathToFileURL(join(folder, "components.json"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const resolve = (name: string) => import.meta.resolve(name);

describe("the index of components", () => {
  it("is, read from its file, what the registry holds", () => {
    const components = listComponents(builtins.plugins);
    expect(components.length).toBeGreaterThan(60);
    writeFileSync(file, JSON.stringify(components));
    expect(readComponentIndex(file, resolve)).toEqual(components);
  });

  it("is not used where a package has another version than the build saw, is gone, or where there is no index", () => {
    expect(readComponentIndex(file, resolve)).toBeUndefined();
    const [first, ...others] = listComponents(builtins.plugins);
    writeFileSync(file, JSON.stringify([{ ...first, version: "99.0.0" }, ...others]));
    expect(readComponentIndex(file, resolve)).toBeUndefined();
    writeFileSync(file, JSON.stringify([{ ...first, package: "@em-stellar/gone" }, ...others]));
    expect(readComponentIndex(file, resolve)).toBeUndefined();
  });
});
