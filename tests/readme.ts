import { readFileSync } from "node:fs";

/** The first block of TypeScript or JavaScript in a Markdown file. */
export function snippetOf(file: string): { language: string; code: string } {
  const [, language, code] = readFileSync(file, "utf8").match(/^```(ts|js)\n([\s\S]*?)^```$/m) ?? [];
  if (language === undefined || code === undefined) throw new Error(`${file} has no block of ts or js`);
  return { language, code };
}

/**
 * Comments of a snippet that say what their line prints, and which it did not print:
 * `console.log(1 + 1); // 2` or, with a word of explanation, `// 2: the sum`.
 */
export function brokenPromises(snippet: string, printed: readonly string[]): string[] {
  const promises = [...snippet.matchAll(/^\s*console\.log\(.*\);? \/\/ (.*)$/gm)].map(([, promise = ""]) => promise);
  return promises.filter((promise) => !printed.some((line) => promise === line || promise.startsWith(`${line}: `)));
}
