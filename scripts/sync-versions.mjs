// Writes the version of each package.json into the plugins of that package: `npm run version` calls it after changesets.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicPackages } from "./packages.mjs";

for (const { folder, manifest } of publicPackages) {
  for (const name of readdirSync(join(folder, "src"), { recursive: true })) {
    if (!/(^|[\\/])plugin\.ts$/.test(name)) continue;
    const file = join(folder, "src", name);
    const source = readFileSync(file, "utf8");
    const synced = source.replace(/(\bversion: )"[^"]*"/, `$1"${manifest.version}"`);
    if (synced === source) continue;
    writeFileSync(file, synced);
    console.log(`${manifest.name}: ${manifest.version} in src/${name}`);
  }
}
