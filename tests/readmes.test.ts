import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markdownPages } from "./markdown-pages.js";
import { brokenPromises, importedBy, runSnippet, snippetOf } from "./readme.js";
import { blocksOf, codeOf } from "./shown-commands.js";
import { packages, root } from "./workspace.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(root, "tests", ".readmes-")); // where imports resolve as in any package
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Packages, and the dependencies and peers that npm installs with those of ours. */
function broughtBy(names: readonly string[]): Set<string> {
  const brought = new Set(names);
  for (const name of brought) {
    const { dependencies, peerDependencies, peerDependenciesMeta } =
      packages.find(({ manifest }) => manifest.name === name)?.manifest ?? {};
    const peers = Object.keys(peerDependencies ?? {}).filter((peer) => !peerDependenciesMeta?.[peer]?.optional);
    for (const other of [...Object.keys(dependencies ?? {}), ...peers]) brought.add(other);
  }
  return brought;
}

describe("the snippet of each README", () => {
  it.each(packages.map(({ manifest, short }) => ({ name: manifest.name, short })))(
    "of $name runs and prints what it says",
    ({ short }) => {
      const { code } = snippetOf(join(root, "packages", short, "README.md"));
      const file = join(folder, `${short}.ts`); // jiti leaves a .js file to Node, which runs no TypeScript sources
      writeFileSync(file, code);
      const { status, stdout, stderr } = runSnippet(file);
      expect(status, stderr).toBe(0);
      expect(brokenPromises(code, stdout.split("\n")), `it printed ${stdout}`).toEqual([]);
    },
  );

  it.each(packages.map(({ manifest, folder }) => ({ name: manifest.name, readme: join(folder, "README.md") })))(
    "of $name imports nothing that its install command does not bring",
    ({ name, readme }) => {
      const [, named = name] = readFileSync(readme, "utf8").match(/^npm install ([^#\n]*)/m) ?? [];
      const brought = broughtBy(named.trim().split(/\s+/));
      const { code } = snippetOf(readme);
      expect(importedBy(code).filter((other) => !brought.has(other))).toEqual([]);
    },
  );

  it("compiles as strictly as our own code where it is TypeScript, as does every other one of every page", () => {
    const blocks = markdownPages.flatMap((page) =>
      blocksOf(join(root, page)).flatMap((block) =>
        block.language === "ts" && !block.test?.startsWith("skip, ") ? { page, code: codeOf(block) } : [],
      ),
    );
    expect(blocks.length).toBeGreaterThan(30);
    const files = blocks.map(({ page, code }, i) => {
      const file = join(folder, `snippet-${i}.ts`);
      writeFileSync(file, `// ${page}\n${code}`);
      return file;
    });
    const { config } = ts.readConfigFile(join(root, "tsconfig.node.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
    const program = ts.createProgram(files, { ...options, moduleDetection: ts.ModuleDetectionKind.Force });
    const problems = files.flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)));
    const text = problems.map(({ file, messageText }) => {
      const [document] = (file?.text ?? "").split("\n");
      return `${document}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
    expect(text).toEqual([]);
  });
});
