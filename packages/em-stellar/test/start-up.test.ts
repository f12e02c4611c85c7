import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

/** Every package that is loaded with a file of `src`, before any `import()`. */
function packagesLoadedWith(...files: string[]): string[] {
  const seen = new Set(files.map((file) => fileURLToPath(new URL(`../src/${file}`, import.meta.url))));
  const packages = new Set<string>();
  for (const file of seen) {
    // Types leave no import behind.
    const statements = readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*? from "([^"]+)";/gms);
    for (const [, name = ""] of statements) {
      if (name.startsWith(".")) seen.add(fileURLToPath(new URL(name.replace(/\.js$/, ".ts"), `file://${file}`)));
      else if (!name.startsWith("node:")) packages.add(name);
    }
  }
  return [...packages].sort();
}

it("the command starts, lists and helps with the parser of its arguments alone", () => {
  expect(packagesLoadedWith("bin.ts", "cli.ts", "commands/list.ts")).toEqual(["commander"]);
});

it("a run loads no charts before it has results, and no compiler for a suite in JSON", () => {
  const loaded = packagesLoadedWith("commands/run.ts", "worker.ts");
  expect(loaded).toContain("@em-stellar/runner");
  expect(loaded).not.toContain("@em-stellar/report");
  expect(loaded).not.toContain("jiti");
});
