import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Every package that is published, as it is now: its absolute folder and its package.json. */
export function readPublicPackages() {
  return readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) }))
    .filter(({ manifest }) => !manifest.private);
}

/** Every package that is published: its absolute folder and its package.json. */
export const publicPackages = readPublicPackages();

/** Puts the licence into each package: npm packs it from there, and git ignores the copies. */
export function addLicenses() {
  for (const { folder } of publicPackages) copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
}

/**
 * Packs every public package (built before) as the registry would receive it.
 * @param {string} destination
 * @returns {Map<string, string>} the path of each tarball by package name
 */
export function packAll(destination) {
  addLicenses();
  const workspaces = publicPackages.flatMap(({ manifest }) => ["--workspace", manifest.name]);
  const output = execFileSync("npm", ["pack", "--json", "--pack-destination", destination, ...workspaces], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const packed = JSON.parse(output);
  return new Map(packed.map(({ name, filename }) => [name, join(destination, filename)]));
}
