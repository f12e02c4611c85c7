// `npm run version`: raises versions by the changesets that wait, and with them what must follow.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPublicPackages, root } from "./packages.mjs";

const before = new Map(readPublicPackages().map(({ manifest }) => [manifest.name, manifest.version]));
run("changeset", "version");
const packages = readPublicPackages();
const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));

for (const { folder, manifest } of packages) {
  if (before.get(manifest.name) === manifest.version) continue;
  raiseFloors(folder, manifest);
  writeVersions(folder, manifest);
}
run("npm", "install", "--package-lock-only", "--no-audit", "--no-fund");
execFileSync("node", [join(root, "scripts", "complete-lockfile.mjs")], { cwd: root, stdio: "inherit" });

/** A package that is released asks for the versions of ours that it was tested with: it may use what is new in them. */
function raiseFloors(folder, manifest) {
  for (const ranges of [manifest.dependencies ?? {}, manifest.peerDependencies ?? {}]) {
    for (const name of Object.keys(ranges)) {
      const version = versions.get(name);
      if (version !== undefined) ranges[name] = `^${version}`;
    }
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The version stands in the plugins of a package, and core's in `version.ts` as well. */
function writeVersions(folder, { name, version }) {
  for (const file of readdirSync(join(folder, "src"), { recursive: true })) {
    const pattern = { "plugin.ts": /(\bversion: )"[^"]*"/, "version.ts": /(\bcoreVersion = )"[^"]*"/ }[
      file.split(/[\\/]/).at(-1)
    ];
    if (!pattern) continue;
    const path = join(folder, "src", file);
    const source = readFileSync(path, "utf8");
    const synced = source.replace(pattern, `$1"${version}"`);
    if (synced === source) continue;
    writeFileSync(path, synced);
    console.log(`${name}: ${version} in src/${file}`);
  }
}

function run(tool, ...parameters) {
  const program = tool === "npm" ? "npm" : join(root, "node_modules", ".bin", tool);
  execFileSync(program, parameters, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
}
