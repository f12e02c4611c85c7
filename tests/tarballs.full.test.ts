import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packAll } from "../scripts/packages.mjs";
import { brokenPromises, snippetOf } from "./readme.js";
import { root } from "./workspace.js";

let place: string;
let tarballs: Map<string, string>;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "em-stellar-tarballs-"));
  tarballs = packAll(place);
});
afterAll(() => rmSync(place, { recursive: true }));

/** Installs packed packages into an empty folder, everything else from the registry. */
function install(names: readonly string[]): string {
  const folder = mkdtempSync(join(place, "project-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const files = names.map((name) => tarballs.get(name) ?? name);
  run(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...files);
  return folder;
}

function run(folder: string, command: string, ...parameters: string[]): string {
  const { PATH, HOME } = process.env; // no setting of the test runner's or of npm's: the folder is a stranger's
  const { status, stdout, stderr } = spawnSync(command, parameters, {
    cwd: folder,
    env: { PATH, HOME, TMPDIR: place },
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${command} ${parameters.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

// scripts/install-chromium.sh puts it there; CHROMIUM names another one.
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

describe("metrics and core alone", () => {
  const readme = join(root, "packages", "metrics", "README.md");
  const { code: snippet } = snippetOf(readme);
  let folder: string;
  beforeAll(() => {
    folder = install(["@em-stellar/core", "@em-stellar/metrics"]);
  });

  it("install nothing of tfjs and nothing else of ours", () => {
    expect(existsSync(join(folder, "node_modules", "@tensorflow"))).toBe(false);
    expect(readdirSync(join(folder, "node_modules", "@em-stellar")).sort()).toEqual(["core", "metrics"]);
  });

  it("run the README's snippet, which prints what it says", () => {
    const { outputText } = ts.transpileModule(snippet, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    });
    writeFileSync(join(folder, "snippet.js"), outputText);
    const printed = run(folder, process.execPath, "snippet.js").trimEnd().split("\n");
    expect(brokenPromises(snippet, printed)).toEqual([]);
  });

  /** A script with all that it imports from the folder, as a page would load it. */
  async function bundle(code: string): Promise<Uint8Array> {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: folder },
      bundle: true,
      minify: true,
      write: false,
      format: "iife",
      platform: "browser",
      target: "es2023",
    });
    return outputFiles[0]?.contents ?? new Uint8Array();
  }

  it("score two arrays in five statements, bundled for a place that has neither Node nor a browser's page", async () => {
    const { statements } = ts.createSourceFile("snippet.ts", snippet, ts.ScriptTarget.ES2023);
    expect(statements).toHaveLength(5);
    const printed: string[] = [];
    const log = (value: unknown) => void printed.push(String(value));
    runInContext(Buffer.from(await bundle(snippet)).toString(), createContext({ console: { log } }));
    expect(printed).not.toEqual([]);
    expect(brokenPromises(snippet, printed)).toEqual([]);
  });

  it.skipIf(!existsSync(executablePath))("… and in a page (needs Chromium: scripts/install-chromium.sh)", async () => {
    const quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--no-first-run", ...quiet] });
    try {
      const page = await browser.newPage();
      const printed: string[] = [];
      page.on("console", (message) => printed.push(message.text()));
      page.on("pageerror", ({ message }) => printed.push(message));
      await page.addScriptTag({ content: Buffer.from(await bundle(snippet)).toString() });
      expect(brokenPromises(snippet, printed), `it printed ${printed.join("\n")}`).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it("are as small as the README says, within a tenth", async () => {
    const said =
      /script above takes ([\d.]+) kB \(gzip ([\d.]+) kB\), all metrics together ([\d.]+) kB \(gzip ([\d.]+) kB\)/;
    const stated = readFileSync(readme, "utf8").match(said)?.slice(1).map(Number);
    const all =
      'import { compare } from "@em-stellar/core"; import metrics from "@em-stellar/metrics"; console.log(compare, metrics);';
    const bundles = [await bundle(snippet), await bundle(all)];
    const measured = bundles.flatMap((code) => [code.length / 1000, gzipSync(code).length / 1000]);
    expect(stated).toHaveLength(4);
    for (const [i, size] of measured.entries()) {
      const share = (stated?.[i] ?? 0) / size;
      expect(share, `${stated} kB are stated, ${measured} measured`).toBeGreaterThan(0.9);
      expect(share, `${stated} kB are stated, ${measured} measured`).toBeLessThan(1.1);
    }
  });

  it.each([
    { module: "nodenext", moduleResolution: "nodenext" },
    { module: "esnext", moduleResolution: "bundler" },
  ])("type-check strictly, their declarations included ($moduleResolution)", (resolution) => {
    writeFileSync(join(folder, "snippet.ts"), snippet);
    const strictest = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const compilerOptions = { ...resolution, ...strictest, target: "es2023", noEmit: true, skipLibCheck: false };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["snippet.ts"] }));
    run(folder, process.execPath, join(root, "node_modules", "typescript", "bin", "tsc"), "-p", ".");
  });
});

describe("em-stellar and all that it needs", () => {
  let folder: string;
  beforeAll(() => {
    folder = install([...tarballs.keys()]);
  });
  const emStellar = (...parameters: string[]) => run(folder, "npx", "--no-install", "em-stellar", ...parameters);

  it("install one copy of tfjs-core", () => {
    const lock: { packages: object } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
    const copies = Object.keys(lock.packages).filter((path) => path.endsWith("node_modules/@tensorflow/tfjs-core"));
    expect(copies).toHaveLength(1);
  });

  it("list every component as JSON", () => {
    const listed = JSON.stringify(JSON.parse(emStellar("list", "--json")));
    for (const id of ["unet-bn", "jaccard-log", "radam", "f1", "average", "otsu", "wasm", "phantom"]) {
      expect(listed).toContain(`"${id}"`);
    }
  });

  it("run the demo and leave a report", () => {
    const printed = emStellar("demo", "--out", join(folder, "demo"));
    expect(printed).toMatch(/U-net/i);
    expect(existsSync(join(folder, "demo", "results.json"))).toBe(true);
    expect(readFileSync(join(folder, "demo", "report", "index.html"), "utf8")).toContain("<svg");
  });
});
