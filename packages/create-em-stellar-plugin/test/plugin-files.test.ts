import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kindNames, packageName, pluginFiles } from "create-em-stellar-plugin";
import { describe, expect, it } from "vitest";

const versions = { "@em-stellar/core": "1.2.3", "@em-stellar/kernels": "1.1.0", "em-stellar": "1.4.0" };
const filesOf = (kind: string, id = `my-${kind}`) =>
  pluginFiles({
    kind,
    id,
    template: (name) => readFileSync(join(import.meta.dirname, "..", "templates", kind, name), "utf8"),
    versions,
    year: 2026,
  });

describe.each(kindNames)("a plugin with a new %s", (kind) => {
  const files = filesOf(kind);
  const text = (path: string) => String(files.get(path));

  it("has a component, tests, a suite, a licence, a changeset and a release", () => {
    const paths = [`src/my-${kind}.ts`, "src/index.ts", "src/plugin.ts", `test/my-${kind}.test.ts`, "suite.json"];
    for (const path of [...paths, "package.json", "README.md", "LICENSE", ".changeset/first-version.md"]) {
      expect(files.has(path), path).toBe(true);
      expect(text(path), path).not.toMatch(new RegExp(`\\bnew-${kind}|\\bnew[A-Z]`));
    }
    expect(text(".github/workflows/release.yml")).toContain("NPM_CONFIG_PROVENANCE");
  });

  it("rests on one core, as a peer, from the version that it was made with", () => {
    const manifest: Record<string, Record<string, string>> = JSON.parse(text("package.json"));
    expect(manifest.peerDependencies).toMatchObject({ "@em-stellar/core": "^1.2.3" });
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.keywords).toContain("em-stellar-plugin");
    expect(manifest.name).toBe(packageName(`my-${kind}`));
  });

  it("has a suite in which it takes part", () => {
    const suite: object = JSON.parse(text("suite.json"));
    expect(suite).toMatchObject({ plugins: ["./src/index.ts"] });
    if (kind !== "format") expect(JSON.stringify({ ...suite, name: "" })).toContain(`"my-${kind}"`);
  });
});

it("says what it cannot make", () => {
  expect(() => filesOf("netwrok")).toThrow('No kind of component is named "netwrok". There are: network, metric,');
  expect(() => filesOf("loss", "MyLoss")).toThrow('such as my-network or focal-2, not "MyLoss".');
});
