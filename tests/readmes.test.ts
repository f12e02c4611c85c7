import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markdownPages } from "./markdown-pages.js";
import { brokenPromises, runSnippet, snippetOf } from "./readme.js";
import { blocksOf, codeOf } from "./shown-commands.js";
import { packages, root } from "./workspace.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(root, "tests", ".readmes-")); // where imports resolve as in any package
});
afterAll(() => rmSync(folder, { recursive: true }));

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
