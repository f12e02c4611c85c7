import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { addressOf, contents } from "./contents.ts";

export const repository = "https://github.com/em-stellar/em-stellar";

/** A page that the site has and GitHub has not, such as one for each network. */
export interface MadePage {
  /** Without `.md`. */
  readonly address: string;
  readonly text: string;
}

/** Group of the menu, for VitePress. */
export interface MenuGroup {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/**
 * Copies the Markdown pages of the repository and their pictures into `target`, as VitePress wants them, and returns the
 * menu. Links between pages lead to pages of the site, links to other files to GitHub.
 *
 * @throws if a link leads to a file that does not exist, or `contents` names a page that does not exist
 */
export function assemble(root: string, target: string, made: readonly MadePage[] = []): MenuGroup[] {
  rmSync(target, { recursive: true, force: true });
  const files = [
    ...markdownIn(root, "docs"),
    "CONTRIBUTING.md",
    ...readmesIn(root, "packages"),
    ...readmesIn(root, "examples"),
  ];
  const addresses = new Map([...files.map((file) => [file, addressOf(file)] as const)]);
  const titles = new Map<string, string>();
  const write = (address: string, text: string, source?: string) => {
    titles.set(address, titleOf(text));
    const file = join(target, `${address}.md`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `---\n${source === undefined ? "editLink: false" : `source: ${source}`}\n---\n\n${text}`);
  };
  for (const [file, address] of addresses) {
    const text = readFileSync(join(root, file), "utf8");
    const picture = (path: string) => {
      mkdirSync(dirname(join(target, "pictures", path)), { recursive: true });
      cpSync(join(root, path), join(target, "pictures", path));
      return relative(address, `pictures/${path}`);
    };
    write(
      address,
      rewriteLinks(text, (link) => onSite(root, file, link, { address, addresses, picture })),
      file,
    );
  }
  for (const { address, text } of made) write(address, text);
  for (const folder of ["packages", "examples"]) write(`${folder}/index`, listPage(target, folder, titles));
  return menuOf(titles);
}

/** A page that lists those of a folder, each with its first sentence. */
function listPage(target: string, folder: string, titles: ReadonlyMap<string, string>): string {
  const rows = [...titles]
    .filter(([address]) => address.startsWith(`${folder}/`))
    .map(([address, title]) => {
      const text = readFileSync(join(target, `${address}.md`), "utf8");
      const [, first = ""] = /^# .+\n+((?:.+\n)+)/m.exec(text) ?? [];
      return `| [${title}](../${address}.md) | ${first.trim().replace(/\n/g, " ")} |`;
    });
  return `# ${folder[0]?.toUpperCase()}${folder.slice(1)}\n\n| name | what it is |\n| --- | --- |\n${rows.join("\n")}\n`;
}

function markdownIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".md") ? `${folder}/${name}` : []));
}
function readmesIn(root: string, folder: string): string[] {
  const readmes = readdirSync(join(root, folder)).map((name) => `${folder}/${name}/README.md`);
  return readmes.filter((file) => existsSync(join(root, file)));
}

function titleOf(text: string): string {
  const [, title] = /^# (.+)$/m.exec(text) ?? [];
  if (title === undefined) throw new Error(`a page has no title: ${text.slice(0, 80)}`);
  return title.replaceAll("`", "");
}

/** Applies `change` to the targets of links and pictures outside code. */
function rewriteLinks(text: string, change: (target: string) => string): string {
  const pieces = text.split(/(^ *```+[\s\S]*?^ *```+$|`[^`\n]+`)/m);
  const isCode = (_: string, i: number) => i % 2 === 1;
  return pieces
    .map((piece, i) => {
      if (isCode(piece, i)) return piece;
      return piece
        .replace(/(\]\(\s*)([^()\s]+)(\s*\))/g, (_, before, link, after) => before + change(link) + after)
        .replace(/\b(src|srcset|href)="([^"]+)"/g, (_, name, link) => `${name}="${change(link)}"`);
    })
    .join("");
}

interface Place {
  readonly address: string;
  readonly addresses: ReadonlyMap<string, string>;
  readonly picture: (path: string) => string;
}
function onSite(root: string, file: string, link: string, { address, addresses, picture }: Place): string {
  const ours = link.replace(new RegExp(`^${repository}/(?:blob|tree)/main/`), "/");
  if (/^[a-z]+:/.test(ours) || ours.startsWith("#")) return link;
  const [path = "", anchor] = ours.split("#");
  const behind = anchor === undefined ? "" : `#${anchor}`;
  const found = path.startsWith("/") ? path.slice(1) : posix.normalize(posix.join(posix.dirname(file), path));
  const name = found.replace(/\/$/, "");
  if (!existsSync(join(root, name))) throw new Error(`${file}: the link ${link} leads to no file`);
  const page = addresses.get(name) ?? addresses.get(`${name}/README.md`);
  if (page !== undefined) return relative(address, `${page}.md`) + behind;
  if (/\.(png|svg|webp)$/.test(name)) return picture(name);
  const isFolder = statSync(join(root, name)).isDirectory();
  return `${repository}/${isFolder ? "tree" : "blob"}/main/${name}${behind}`;
}

function relative(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

function menuOf(titles: ReadonlyMap<string, string>): MenuGroup[] {
  const item = (address: string) => {
    const text = titles.get(address);
    if (text === undefined) throw new Error(`site/contents.ts names ${address}, and there is no such page`);
    return { text, link: `/${address}` };
  };
  const listed = contents.map(({ title, pages }) => ({ text: title, items: pages.map(addressOf).map(item) }));
  const inFolder = (folder: string) =>
    [...titles.keys()].filter((address) => address.startsWith(`${folder}/`) && address !== `${folder}/index`);
  const folders = ["networks", "examples", "packages", "api"].map((folder) => ({
    text: `${titles.get(`${folder}/index`)}`,
    link: `/${folder}/`,
    collapsed: true,
    items: inFolder(folder).map(item),
  }));
  const known = [...listed, ...folders].flatMap(({ items }) => items.map(({ link }) => link));
  const others = [...titles.keys()]
    .map(item)
    .filter(({ link }) => !known.includes(link) && !/^\/(\w+\/)?index$/.test(link));
  return [...listed, ...(others.length > 0 ? [{ text: "More", items: others }] : []), ...folders];
}
