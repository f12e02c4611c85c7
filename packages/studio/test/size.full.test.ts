import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { studioFolder } from "@em-stellar/studio";
import { describe, expect, it } from "vitest";

const assets = join(studioFolder, "assets");

/** Scripts that a built file loads before it does anything. */
function importsOf(file: string): string[] {
  const code = readFileSync(join(assets, file), "utf8");
  return [...code.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)].map(([, name]) => name ?? "");
}

/** Bytes, compressed, of files and all that they load. */
function loaded(entries: readonly string[]): { bytes: number; files: string[] } {
  const files = new Set(entries);
  for (const file of files) if (file.endsWith(".js")) for (const next of importsOf(file)) files.add(next);
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(assets, file))).length, 0);
  return { bytes, files: [...files] };
}

describe("the built page (npm run build)", () => {
  it("is there", () => expect(existsSync(join(studioFolder, "index.html"))).toBe(true));

  const all = () => readdirSync(assets);
  const named = (pattern: RegExp) => all().filter((file) => pattern.test(file));
  const html = () => readFileSync(join(studioFolder, "index.html"), "utf8");
  const first = () => [...html().matchAll(/assets\/([\w.-]+)"/g)].map(([, name]) => name ?? "");

  it("loads less than 400 kB before a backend is chosen: the shell, the first two screens, the engine for images", () => {
    const { bytes, files } = loaded([...first(), ...named(/^(welcome|data|worker)-.*\.js$/)]);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => /^(dist|vega|registry)/.test(file))).toEqual([]);
    expect(bytes).toBeLessThan(400_000);
  });

  it.each(["webgpu", "wasm"])("loads less than 1.5 MB with %s", (backend) => {
    const kernels = named(/^(none|relaxed|simd|relaxed-threads|simd-threads)-.*\.js$/);
    // Of the kinds of kernels and of tfjs's WebAssembly one each is loaded: the largest counts.
    const largest = (files: readonly string[]) =>
      files.toSorted((a, b) => readFileSync(join(assets, b)).length - readFileSync(join(assets, a)).length).slice(0, 1);
    const ofWasm = [...largest(named(/\.wasm$/)), ...largest(kernels)];
    const { bytes } = loaded([
      ...first(),
      ...named(/^(welcome|data|suite|train|run|registry|device|worker)-.*\.js$/),
      ...named(/^(src|dist)-.*\.js$/),
      ...(backend === "wasm" ? ofWasm : []),
    ]);
    expect(bytes).toBeLessThan(1_500_000);
  });

  it("names nothing of another origin that it would load", () => {
    expect(html()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});
