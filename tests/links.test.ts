import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorOf } from "../site/anchors.js";
import { brokenLinks, linksIn } from "./links.js";
import { markdownPages } from "./markdown-pages.js";
import { packages, root } from "./workspace.js";

describe("links of a page", () => {
  it("are found in prose, not in code", () => {
    expect(linksIn('[a](b.md) ![c](d.png) <img src="e.svg"> `[f](g.md)`\n```sh\n[h](i.md)\n```\n')).toEqual([
      "b.md",
      "d.png",
      "e.svg",
    ]);
  });

  it("are broken where a file or a heading is missing", () => {
    const folder = mkdtempSync(join(tmpdir(), "em-stellar-links-"));
    writeFileSync(join(folder, "a.md"), "# One\n## Two words: `x`\n[](b.md) [](#one) [](#three) [](b.md#x) [](c.md)\n");
    writeFileSync(
      join(folder, "b.md"),
      "[](a.md#two-words-x) [](https://github.com/em-stellar/em-stellar/blob/main/d.md)\n",
    );
    expect(brokenLinks(folder, "a.md")).toEqual([
      '#three: a.md has no heading "three"',
      'b.md#x: b.md has no heading "x"',
      "c.md: there is no c.md",
    ]);
    expect(brokenLinks(folder, "b.md")).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });

  it("name headings as GitHub does", () => {
    expect(anchorOf("3. The ranking")).toBe("3-the-ranking");
    expect(anchorOf("`data`")).toBe("data");
    expect(anchorOf("Half precision on `webgpu`")).toBe("half-precision-on-webgpu");
  });
});

describe("every link leads somewhere", () => {
  it.each(markdownPages)("%s", (page) => {
    expect(brokenLinks(root, page)).toEqual([]);
  });

  it.each(packages.map(({ short }) => short))("npm can follow the links of %s: they are absolute", (short) => {
    const links = linksIn(readFileSync(join(root, "packages", short, "README.md"), "utf8"));
    expect(links.filter((link) => !/^(https:\/\/|#)/.test(link))).toEqual([]);
  });
});
