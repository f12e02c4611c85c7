import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { anchorOf } from "../site/anchors.js";

/** The repository, as links in pages that npm shows name it. */
const repository = /^https:\/\/github\.com\/em-stellar\/em-stellar\/(?:blob|tree)\/main\//;

/** Prose of a Markdown page: without fenced blocks, comments and code in backquotes. */
function proseOf(text: string): string {
  return text
    .replace(/^( *)(```+)[\s\S]*?^ *\2$/gm, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/`[^`\n]+`/g, "code");
}

/** The anchors of a page's headings; a heading that comes again has a number behind it. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  const bare = text.replace(/^( *)(```+)[\s\S]*?^ *\2$/gm, "");
  for (const [, heading = ""] of bare.matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = anchorOf(heading);
    let name = anchor;
    for (let i = 1; anchors.has(name); i++) name = `${anchor}-${i}`;
    anchors.add(name);
  }
  return anchors;
}

/** Targets of the links and pictures of a page, as they are written. */
export function linksIn(text: string): string[] {
  const prose = proseOf(text);
  const inline = [...prose.matchAll(/\]\(\s*([^()\s]+)(?:\s+"[^"]*")?\s*\)/g)];
  const html = [...prose.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)];
  return [...inline, ...html].map(([, target = ""]) => target);
}

/**
 * Links of a page that lead nowhere, with the reason. Links to this repository on GitHub count as links within it; other
 * addresses are not asked for.
 */
export function brokenLinks(root: string, page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return linksIn(text).flatMap((target) => {
    const isOurs = repository.test(target);
    if (!isOurs && /^[a-z]+:/.test(target)) return [];
    const [path = "", anchor] = target.replace(repository, "").split("#");
    const file = path === "" ? page : isOurs ? path : join(dirname(page), path);
    if (!existsSync(join(root, file))) return [`${target}: there is no ${file}`];
    if (anchor === undefined) return [];
    const read = statSync(join(root, file)).isDirectory() ? join(file, "README.md") : file;
    const anchors = anchorsOf(readFileSync(join(root, read), "utf8"));
    return anchors.has(anchor) ? [] : [`${target}: ${read} has no heading "${anchor}"`];
  });
}
