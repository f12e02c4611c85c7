/** Writes a new built-in component, its test and the lines that make it known: `npm run new network my-network`. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { kinds } from "./new/kinds.js";
import { newComponent } from "./new/new-component.js";

const root = fileURLToPath(new URL("..", import.meta.url));
try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { package: { type: "string" } } });
  const [kind, id, ...others] = positionals;
  if (!kind || !id || others.length > 0) {
    throw new Error(
      `Usage: npm run new KIND NAME [-- --package PACKAGE]. KIND is one of ${Object.keys(kinds).join(", ")}.`,
    );
  }
  const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
  const { files, gates } = newComponent(read, kind, id, values.package);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const biome = ["biome", "check", "--write", ...files.keys()];
  execFileSync("npx", biome, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  console.log(`${[...files.keys()].join("\n")}\n\nIt works as it is: change it to what you mean. Then it needs:`);
  for (const gate of ["npm run check", ...gates]) console.log(`- ${gate}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
