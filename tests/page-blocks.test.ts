import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseModelNotes, parseSuite } from "@em-stellar/runner";
import { describe, expect, it } from "vitest";
import { builtins } from "../packages/em-stellar/src/registry.js";
import { markdownPages } from "./markdown-pages.js";
import { importedBy, snippetOf } from "./readme.js";
import { type Block, blocksOf, commandsIn, walkedPages } from "./shown-commands.js";
import { packages, root } from "./workspace.js";

// Every block of every page is run or checked by a test, or says why not.

const all = markdownPages.flatMap((page) => blocksOf(join(root, page)).map((block) => ({ page, ...block })));
const isSkipped = ({ test = "" }: Block) => test.startsWith("skip, ");
const isReadme = (page: string) => page.startsWith("packages/");

/** Which test looks at a block; undefined where none does. */
function testOf({ page, ...block }: Block & { page: string }): string | undefined {
  if (isSkipped(block)) return "none, and the page says why";
  if (page === "docs/tfjs-bugs.md") return "tests/tfjs-bugs.test.ts";
  if (block.language === "ts" || block.language === "js") return "tests/readmes.test.ts";
  if (block.language === "json") return "this one, below";
  if (block.language === "sh" && isReadme(page)) return "this one, below: it installs packages";
  if (block.language === "sh" && walkedPages.some((walked) => walked === page)) return "tests/first-hour.full.test.ts";
  if (block.language === "") return "none: what a program prints, or a drawing";
  return undefined;
}

describe("blocks of pages", () => {
  it("are all looked at by a test, or say why not", () => {
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((block) => testOf(block) === undefined)).toEqual([]);
  });

  it("that are left out say why, and name files that exist", () => {
    const reasons = all.filter(({ test = "" }) => /^(skip|compile)\b/.test(test)).map(({ test = "" }) => test);
    expect(reasons.filter((reason) => !/^(skip|compile), because \S.{15,}/.test(reason))).toEqual([]);
    const files = reasons.flatMap(
      (reason) => reason.match(/(?:packages|tests|docs|examples|scripts)\/[\w./-]+\w/g) ?? [],
    );
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it("without a language show what is printed, and hold no command", () => {
    const commands = all.filter(({ language, text }) => language === "" && /^(npx|npm|node) /m.test(text));
    expect(commands).toEqual([]);
  });
});

describe("JSON", () => {
  const suite = JSON.parse(readFileSync(join(root, "examples/quickstart/suite.json"), "utf8"));
  const shown = all.filter((block) => block.language === "json" && !isSkipped(block));

  it.each(shown)("of $page, line $line, is a suite, a part of one, or notes of a model", ({ text }) => {
    const fields = JSON.parse(text.startsWith("{") ? text : `{${text}}`);
    if ("normalization" in fields) expect(parseModelNotes(fields).normalization).toEqual(fields.normalization);
    else expect(parseSuite({ ...suite, ...fields }, builtins).networks.length).toBeGreaterThan(0);
  });
});

describe("what the README of a package installs", () => {
  it.each(packages)(
    "$short: itself, what it and its snippet need beside it, and nothing unknown",
    ({ short, manifest }) => {
      const readme = join(root, "packages", short, "README.md");
      const [block] = blocksOf(readme);
      expect(block?.language).toBe("sh");
      const peers = Object.keys(manifest.peerDependencies ?? {});
      const optional = peers.filter((name) => manifest.peerDependenciesMeta?.[name]?.optional);
      const known = [manifest.name, ...peers, ...Object.keys(manifest.dependencies ?? {})];
      known.push(...importedBy(snippetOf(readme).code));
      for (const line of commandsIn(block?.text ?? "").filter((command) => command.startsWith("npm install "))) {
        const names = line.split(" ").slice(2);
        expect(names).toContain(manifest.name);
        expect(names.filter((name) => !known.includes(name) && !optional.includes(name))).toEqual([]);
      }
    },
  );
});
