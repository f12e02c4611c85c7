import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kinds } from "../scripts/new/kinds.js";
import { newComponent } from "../scripts/new/new-component.js";
import { root } from "./workspace.js";

const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);

/** The rows of CONTRIBUTING's table of kinds: kind, package, files. */
const rows = (read("CONTRIBUTING.md") ?? "")
  .split("\n")
  .filter((line) => /^\| `[a-z]+` +\| `packages\//.test(line))
  .map((line) => line.split("|").map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word)))
  .map(([, [kind = ""] = [], packages = [], files = []]) => ({ kind, packages, files }));

it("CONTRIBUTING has a row for every kind, and for no other", () => {
  expect(rows.map(({ kind }) => kind).sort()).toEqual(Object.keys(kinds).sort());
});

describe.each(rows)("a new $kind", ({ kind, packages, files: more }) => {
  it("is the files that CONTRIBUTING lists", () => {
    const { files } = newComponent(read, kind, "brand-new");
    const { folder = "src", isExported = true } = kinds[kind] ?? expect.fail("not a kind");
    const [pack = ""] = packages;
    const common = [`${folder}/NAME.ts`, `${folder}/index.ts`, `${folder}/plugin.ts`, "test/NAME.test.ts"].map(
      (file) => `${pack}/${file}`,
    );
    const listed = [...common, ...(isExported ? ["packages/em-stellar/src/index.ts"] : []), ...more];
    const named = listed.map((file) => file.replaceAll("NAME", "brand-new"));
    expect([...files.keys()].sort()).toEqual([...new Set(named)].sort());
  });

  it("goes to the packages that CONTRIBUTING names", () => {
    expect(packages).toEqual(kinds[kind]?.packages.map((pack) => `packages/${pack.replace("*", "NAME")}`));
  });
});

it("may have the words of its template in its name", () => {
  const { files } = newComponent(read, "loss", "new-loss-new-loss");
  expect(files.get("packages/losses/src/new-loss-new-loss.ts")).toContain(
    'newLossNewLoss = defineLoss({\n  id: "new-loss-new-loss"',
  );
  const backend = newComponent(read, "backend", "cpu-cpu").files;
  expect(backend.get("packages/backend-cpu-cpu/src/plugin.ts")).toContain("components: [cpuCpu]");
  expect(backend.get("packages/backend-cpu-cpu/package.json")).toContain('"name": "@em-stellar/backend-cpu-cpu"');
});

it("says what it cannot make", () => {
  expect(() => newComponent(read, "netwrok", "mine")).toThrow(/"netwrok". There are: network, loss,/);
  expect(() => newComponent(read, "loss", "MyLoss")).toThrow('such as my-network or focal-2, not "MyLoss".');
  expect(() => newComponent(read, "loss", "focal")).toThrow("packages/losses/src/focal.ts is there already.");
  expect(() => newComponent(read, "loss", "mine", "metrics")).toThrow('A loss goes to losses, not to "metrics".');
});
