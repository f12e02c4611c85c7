import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packages, root } from "./workspace.js";

const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
const partsOf = (version: string) => version.split(".").map(Number) as [number, number, number];

/** Whether `^range` takes a version, as npm has it: the first number that is not 0 stays. */
function takes(range: string, version: string): boolean {
  const [least, found] = [partsOf(range.replace("^", "")), partsOf(version)];
  const fixed = least.findIndex((part) => part > 0) + 1;
  const isSameLine = least.slice(0, fixed).every((part, i) => part === found[i]);
  const after = [0, 1, 2].map((i) => Math.sign((found[i] ?? 0) - (least[i] ?? 0))).find((sign) => sign !== 0) ?? 0;
  return isSameLine && after >= 0;
}

describe("versions", () => {
  it("em-stellar's follows core's: what breaks core is no patch for those who install em-stellar", () => {
    const [core, all] = ["@em-stellar/core", "em-stellar"].map((name) => versions.get(name) ?? "");
    const { linked }: { linked: string[][] } = JSON.parse(
      readFileSync(join(root, ".changeset", "config.json"), "utf8"),
    );
    expect(linked).toContainEqual(["@em-stellar/core", "em-stellar"]);
    // Before its first release, em-stellar waits for the first version of core.
    if (all !== "0.1.0") expect(partsOf(all ?? "")[0]).toBeGreaterThanOrEqual(partsOf(core ?? "")[0]);
  });

  it.each(packages.map(({ manifest }) => ({ name: manifest.name, manifest })))(
    "$name takes the versions of ours that are here",
    ({ manifest }) => {
      for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
        const version = versions.get(name);
        if (version !== undefined) expect(takes(range, version), `${name} ${range} and ${version}`).toBe(true);
      }
    },
  );

  it("core tells plugins its own", async () => {
    const { coreVersion } = await import(join(root, "packages", "core", "src", "version.ts"));
    expect(coreVersion).toBe(versions.get("@em-stellar/core"));
  });
});
