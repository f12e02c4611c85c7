import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brokenPromises, snippetOf } from "./readme.js";
import { packages, root } from "./workspace.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(root, "tests", ".readmes-")); // where imports resolve as in any package
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the snippet of each README", () => {
  // Each in a process of its own, because a tfjs backend that one starts is there for all that follow.
  it.each(packages.map(({ manifest, short }) => ({ name: manifest.name, short })))(
    "of $name runs and prints what it says",
    ({ short }) => {
      const { code } = snippetOf(join(root, "packages", short, "README.md"));
      const file = join(folder, `${short}.ts`); // jiti leaves a .js file to Node, which runs no TypeScript sources
      writeFileSync(file, code);
      const node = ["--conditions", "em-stellar-source", "--import", "jiti/register", file];
      const { status, stdout, stderr } = spawnSync(process.execPath, node, { cwd: root, encoding: "utf8" });
      expect(status, stderr).toBe(0);
      expect(brokenPromises(code, stdout.split("\n")), `it printed ${stdout}`).toEqual([]);
    },
  );

  it("compiles as strictly as our own code where it is TypeScript, as do those of README.md and CONTRIBUTING.md", () => {
    const documents = ["README.md", "CONTRIBUTING.md", ...packages.map(({ short }) => `packages/${short}/README.md`)];
    const files = documents.flatMap((document, i) => {
      const { code, language } = snippetOf(join(root, document));
      if (language !== "ts") return [];
      const file = join(folder, `snippet-${i}.ts`);
      writeFileSync(file, `// ${document}\n${code}`);
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
