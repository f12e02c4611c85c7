import { readFileSync } from "node:fs";

/**
 * The pages whose commands tests/first-hour.full.test.ts runs, in this order: those of an example in its folder, all others
 * in one copy of the repository.
 */
export const walkedPages = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/README.md",
  "docs/getting-started.md",
  "docs/prepare-your-data.md",
  "docs/suites.md",
  "docs/run-folder.md",
  "docs/evaluate.md",
  "docs/predict.md",
  "docs/features.md",
  "docs/cluster.md",
  "docs/backends.md",
  "docs/performance.md",
  "examples/quickstart/README.md",
  "examples/my-first-network/README.md",
  "examples/browser/README.md",
  "examples/cardiac/README.md",
  "examples/lateral-habenula/README.md",
] as const;

/** A fenced block of a Markdown page. */
export interface Block {
  /** The line that it begins at, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What a comment directly before it says of its test; undefined where there is none. */
  readonly test: string | undefined;
}

/**
 * The fenced blocks of a page, without the indentation of a list that they stand in. Before a block that a test cannot run
 * as it stands there is a comment: `<!-- test: skip, because … -->`; or `<!-- test: with … -->` and what is run in its
 * place, for JSON what goes over its fields, for TypeScript code around the word BLOCK; or, for TypeScript that is only
 * type-checked, `<!-- test: compile, because … -->`.
 */
export function blocksOf(file: string): Block[] {
  const lines = readFileSync(file, "utf8").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [, indent, fence, language] = /^( *)(```+)(\S*)/.exec(lines[at] ?? "") ?? [];
    if (indent === undefined || fence === undefined || language === undefined) {
      at++;
      continue;
    }
    const end = lines.findIndex((line, i) => i > at && line.trim() === fence);
    if (end < 0) throw new Error(`${file}, line ${at + 1}: the block has no end`);
    const before = lines.slice(0, at).join("\n").trimEnd();
    const [, test] = /<!-- test: ((?:(?!-->)[\s\S])+?)\s*-->$/.exec(before) ?? [];
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ line: at + 1, language, text: text.join("\n"), test: test?.replace(/\s*\n\s*/g, "\n") });
    at = end + 1;
  }
  return blocks;
}

/** Lines of a shell as commands: without comments, and those that a backslash continues in one. */
export function commandsIn(text: string): string[] {
  return text
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** The TypeScript that a test compiles, and runs where it is not only compiled: the block, or what is around it. */
export function codeOf({ text, test }: Block): string {
  const [, around] = /^with\s([\s\S]+)$/.exec(test ?? "") ?? [];
  return (around === undefined ? text : around.replace("BLOCK", () => text)).replaceAll("…,", "...rest,");
}
