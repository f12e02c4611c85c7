import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import ts from "typescript";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launchChromium } from "../browser/chromium.js";
import { brokenPromises, snippetOf } from "../readme.js";
import { root } from "../workspace.js";
import { bundle } from "./bundles.js";
import { Project, strangersEnv } from "./rehearsal.js";

describe("metrics and core alone", () => {
  const readme = join(root, "packages", "metrics", "README.md");
  const { code: snippet } = snippetOf(readme);
  let project: Project;
  beforeAll(() => {
    const place = inject("place");
    project = new Project(place, strangersEnv(place, inject("registry")));
    project.install("@em-stellar/core", "@em-stellar/metrics");
  });

  it("install nothing of tfjs and nothing else of ours", () => {
    expect(existsSync(join(project.folder, "node_modules", "@tensorflow"))).toBe(false);
    expect(project.ours()).toEqual(["core", "metrics"]);
  });

  it("run the README's snippet, which prints what it says", () => {
    const { outputText } = ts.transpileModule(snippet, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    });
    project.write("snippet.js", outputText);
    const printed = project.run(process.execPath, "snippet.js").trimEnd().split("\n");
    expect(brokenPromises(snippet, printed)).toEqual([]);
  });

  it("score two arrays in five statements, bundled for a place that has neither Node nor a browser's page", async () => {
    const { statements } = ts.createSourceFile("snippet.ts", snippet, ts.ScriptTarget.ES2023);
    expect(statements).toHaveLength(5);
    const printed: string[] = [];
    const log = (value: unknown) => void printed.push(String(value));
    runInContext(Buffer.from(await bundle(snippet, project)).toString(), createContext({ console: { log } }));
    expect(printed).not.toEqual([]);
    expect(brokenPromises(snippet, printed)).toEqual([]);
  });

  it.skipIf(!hasChromium)("… and in a page (needs Chromium: scripts/install-chromium.sh)", async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const printed: string[] = [];
      page.on("console", (message) => printed.push(message.text()));
      page.on("pageerror", ({ message }) => printed.push(message));
      await page.addScriptTag({ content: Buffer.from(await bundle(snippet, project)).toString() });
      expect(brokenPromises(snippet, printed), `it printed ${printed.join("\n")}`).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it("are as small as the README says, within a tenth", async () => {
    const said =
      /script above takes ([\d.]+) kB \(gzip\s([\d.]+) kB\), and all metrics together take ([\d.]+) kB \(gzip\s([\d.]+) kB\)/;
    const stated = readFileSync(readme, "utf8").match(said)?.slice(1).map(Number);
    const all =
      'import { compare } from "@em-stellar/core"; import metrics from "@em-stellar/metrics"; console.log(compare, metrics);';
    const bundles = [await bundle(snippet, project), await bundle(all, project)];
    const measured = bundles.flatMap((code) => [code.length / 1000, gzipSync(code).length / 1000]);
    expect(stated).toHaveLength(4);
    for (const [i, size] of measured.entries()) {
      const share = (stated?.[i] ?? 0) / size;
      expect(share, `${stated} kB are stated, ${measured} measured`).toBeGreaterThan(0.9);
      expect(share, `${stated} kB are stated, ${measured} measured`).toBeLessThan(1.1);
    }
  });

  it("type-check strictly, their declarations included", () => {
    project.write("snippet.ts", snippet);
    const strictest = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const compilerOptions = { ...strictest, module: "nodenext", target: "es2023", noEmit: true, skipLibCheck: false };
    project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["snippet.ts"] }));
    project.run(process.execPath, join(root, "node_modules", "typescript", "bin", "tsc"), "-p", ".");
  });
});
