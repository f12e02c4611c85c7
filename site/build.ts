import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vitepress";
import { apiPages } from "./api-pages.ts";
import { assemble } from "./assemble.ts";
import { componentsPage, type ListedComponent, networkPages } from "./component-pages.ts";

// `npm run site`: the pages of the repository, a page for each network, and the API that typedoc wrote to docs/api; then
// VitePress, which writes site/dist.

const root = fileURLToPath(new URL("..", import.meta.url));
const command = (...args: string[]) => {
  const program = join(root, "packages/em-stellar/bin/em-stellar.cjs");
  return JSON.parse(
    execFileSync(process.execPath, [program, ...args, "--json"], { encoding: "utf8", maxBuffer: 2 ** 26 }),
  );
};
const components: ListedComponent[] = command("list");
const overfit = JSON.parse(readFileSync(join(root, "docs/overfit.json"), "utf8"));

const made = [
  componentsPage(components),
  ...networkPages(components, command("complexity"), overfit.networks),
  ...apiPages(root),
];
const menu = assemble(root, join(root, "site/pages"), made);
cpSync(join(root, "site/logo.svg"), join(root, "site/pages/public/logo.svg"));
writeFileSync(join(root, "site/pages/menu.json"), JSON.stringify(menu, null, 2));
await build(join(root, "site"));
