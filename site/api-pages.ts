import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { MadePage } from "./assemble.ts";

/**
 * The API: pages that typedoc wrote to docs/api, one for each entry of a package, with the specifier of its import as title,
 * and one that lists them.
 */
export function apiPages(root: string): MadePage[] {
  const folder = join(root, "docs/api");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  const pages = files
    // typedoc's own lists of packages and entries are left out
    .filter((file) => file.endsWith(".md") && !file.endsWith("index.md"))
    .sort()
    .map((file) => apiPage(file.replace(/\.md$/, ""), readFileSync(join(folder, file), "utf8")));
  const rows = pages.map(({ address, specifier }) => `- [${specifier}](../${address}.md)`);
  return [{ address: "api/index", text: `# API\n\nEach entry of each package.\n\n${rows.join("\n")}\n` }, ...pages];
}

/** A page of typedoc by its path: `@em-stellar/core/README` is what `@em-stellar/core` exports. */
function apiPage(path: string, text: string): MadePage & { specifier: string } {
  const specifier = path.replace(/\/README$/, "");
  const address = addressOf(path);
  const [, ...lines] = text.split("\n"); // typedoc's title is the last part of the specifier
  const linked = lines.join("\n").replace(/\]\(([^()\s:#]+)\.md(#[^()\s]*)?\)/g, (_, target, anchor = "") => {
    const link = posix.relative(posix.dirname(address), addressOf(posix.join(posix.dirname(path), target)));
    return `](${link.startsWith(".") ? link : `./${link}`}.md${anchor})`;
  });
  return { address, specifier, text: `# ${specifier}\n${linked}` };
}

/** Without the scope, which needs no folder of its own: `@em-stellar/core/README` is at `api/core/index`. */
function addressOf(path: string): string {
  return `api/${path.replace("@em-stellar/", "").replace(/README$/, "index")}`;
}
