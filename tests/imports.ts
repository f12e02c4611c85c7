import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { packages } from "./workspace.js";

const byName = new Map(packages.map((pack) => [pack.manifest.name, pack]));

/** Everything that a file imports or re-exports, types included. */
export function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles.map(({ fileName }) => fileName);
}

/** `@em-stellar/core/training` → `@em-stellar/core`; undefined for relative paths and for Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The source file that a specifier leads to, within our packages. */
export function resolveImport(specifier: string, from: string): string | undefined {
  if (specifier.startsWith(".")) {
    const file = join(dirname(from), specifier.replace(/\.js$/, ".ts"));
    return existsSync(file) || !existsSync(`${file}x`) ? file : `${file}x`;
  }
  const pack = byName.get(packageOf(specifier) ?? "");
  const entry = pack?.manifest.exports[`.${specifier.slice(pack.manifest.name.length)}`]?.["em-stellar-source"];
  return pack && entry && join(pack.folder, entry);
}
