import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { root } from "./workspace.js";

/** The first block of TypeScript or JavaScript in a Markdown file. */
export function snippetOf(file: string): { language: string; code: string } {
  const [, language, code] = readFileSync(file, "utf8").match(/^```(ts|js)\n([\s\S]*?)^```$/m) ?? [];
  if (language === undefined || code === undefined) throw new Error(`${file} has no block of ts or js`);
  return { language, code };
}

/** The packages that a snippet imports from. */
export function importedBy(code: string): string[] {
  return [...code.matchAll(/(?:from|import) "([^"]+)"/g)]
    .map(([, path = ""]) => path.split("/", path.startsWith("@") ? 2 : 1).join("/")) // without `/node` and the like
    .filter((name) => !name.startsWith("node:"));
}

/**
 * Comments of a snippet that say what their line prints, and which it did not print:
 * `console.log(1 + 1); // 2` or, with a word of explanation, `// 2: the sum`.
 */
export function brokenPromises(snippet: string, printed: readonly string[]): string[] {
  const promises = [...snippet.matchAll(/^\s*console\.log\(.*\);? \/\/ (.*)$/gm)].map(([, promise = ""]) => promise);
  return promises.filter((promise) => !printed.some((line) => promise === line || promise.startsWith(`${line}: `)));
}

/** Runs a file of TypeScript in a process of its own, because a tfjs backend that it starts is there for all that follow. */
export function runSnippet(file: string) {
  const node = ["--conditions", "em-stellar-source", "--import", "jiti/register", file];
  return spawnSync(process.execPath, node, { cwd: root, encoding: "utf8" });
}
