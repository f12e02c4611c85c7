import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageName } from "create-em-stellar-plugin";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { faultsWithLowest, lowestVersions } from "./lowest-versions.js";
import { Copy, type Manifest, Project, runBeside, strangersEnv } from "./rehearsal.js";

const place = inject("place");
const env = strangersEnv(place, inject("registry"));
const project = () => new Project(place, env);
/** What the registry offers of a package. */
const published = (name: string): Record<string, unknown> =>
  JSON.parse(project().run("npm", "view", name, "--json", "--prefer-online"));

let copy: Copy;
let first: Record<string, string>;
/** The folder of a stranger's plugin, made when only the first release exists. */
let plugin: string;
const inPlugin = (command: string, ...parameters: string[]) => runBeside(plugin, env, command, ...parameters);
beforeAll(() => {
  copy = Copy.at(inject("copy"), env);
  first = copy.versions();
  const maker = project();
  maker.install("create-em-stellar-plugin");
  maker.run("npx", "create-em-stellar-plugin", "metric", "my-metric");
  plugin = join(maker.folder, packageName("my-metric"));
});

/** What the second release of core has and the first has not. */
const whistle = 'export { coreVersion as whistle } from "./version.js";';
const usesWhistle = 'export { whistle } from "@em-stellar/core";';

describe("the first release", () => {
  it("is of every package, with all that npm shows of it", () => {
    for (const [name, version] of Object.entries(first)) {
      const { versions, ...shown } = published(name);
      expect([versions].flat(), name).toEqual([version]);
      expect(shown, name).toMatchObject({
        license: "MIT",
        homepage: expect.stringMatching(/^https:\/\/github\.com\/em-stellar\/em-stellar/),
        bugs: { url: expect.stringMatching(/^https:/) },
        repository: { type: "git", directory: expect.stringMatching(/^packages\//) },
        keywords: expect.arrayContaining(["em-stellar"]),
      });
    }
  });

  it("brings licence, changelog, sources and declarations, and no source twice", () => {
    const installed = project();
    installed.install("@em-stellar/core", "@em-stellar/metrics");
    const folder = join(installed.folder, "node_modules", "@em-stellar", "metrics");
    for (const file of ["LICENSE", "README.md", "CHANGELOG.md", "src/index.ts", "dist/index.js", "dist/index.d.ts"]) {
      expect(existsSync(join(folder, file)), file).toBe(true);
    }
    expect(readFileSync(join(folder, "CHANGELOG.md"), "utf8")).toContain("links of READMEs work on npm");
    const map: object = JSON.parse(readFileSync(join(folder, "dist", "index.js.map"), "utf8"));
    expect(map).toMatchObject({ sources: ["../src/index.ts"] });
    expect(map).not.toHaveProperty("sourcesContent");
    const { plugin } = {
      plugin: installed.run(
        "node",
        "-e",
        'import("@em-stellar/metrics").then((m) => console.log(m.default.version, m.default.core))',
      ),
    };
    expect(plugin.trim()).toBe(`${first["@em-stellar/metrics"]} ${first["@em-stellar/core"]}`);
  });

  it("em-stellar has the version of core", () => {
    expect(first["em-stellar"]).toBe(first["@em-stellar/core"]);
  });

  it("every peer that is asked for has been published", () => {
    const floors = copy.manifests().flatMap(({ name, peerDependencies = {} }) =>
      Object.entries(peerDependencies)
        .filter(([peer]) => peer in first)
        .map(([peer, range]) => ({ name, peer, floor: range.replace("^", "") })),
    );
    expect(floors.filter(({ peer, floor }) => first[peer] !== floor)).toEqual([]);
  });
});

describe("a release of metrics (a fix) and core (something new)", () => {
  let second: Record<string, string>;
  beforeAll(() => {
    copy.write(".changeset/a-fix.md", '---\n"@em-stellar/metrics": patch\n---\n\nDice no longer sneezes.\n');
    copy.write(".changeset/something-new.md", '---\n"@em-stellar/core": minor\n---\n\nCore can whistle.\n');
    copy.exportAlso("core", whistle);
    copy.exportAlso("metrics", usesWhistle);
    copy.raiseVersions();
    second = copy.versions();
    copy.npm("run", "publish:packages");
  });
  const next = (version = "", part: 1 | 2) =>
    version
      .split(".")
      .map((number, i) => (i < part ? number : i === part ? Number(number) + 1 : 0))
      .join(".");

  it("gives new versions to these two and to no other", () => {
    const expected = {
      ...first,
      "@em-stellar/metrics": next(first["@em-stellar/metrics"], 2),
      "@em-stellar/core": next(first["@em-stellar/core"], 1),
    };
    expect(second).toEqual(expected);
    for (const name of Object.keys(second)) {
      expect([published(name).versions].flat(), name).toEqual([...new Set([first[name], second[name]])]);
    }
  });

  it("says in their changelogs what a user notices", () => {
    const changelog = (short: string) => readFileSync(join(copy.folder, "packages", short, "CHANGELOG.md"), "utf8");
    expect(changelog("metrics").split("\n## ")[1]).toContain("Dice no longer sneezes.");
    expect(changelog("core").split("\n## ")[1]).toContain("Core can whistle.");
    expect(changelog("losses")).not.toContain("whistle");
  });

  it("metrics ask for the core that they were tested with; what is older takes the new core as well", () => {
    const installed = project();
    installed.install("@em-stellar/core", "@em-stellar/metrics", "@em-stellar/ensemble");
    expect(installed.ours()).toEqual(["core", "ensemble", "metrics"]);
    const versionOf = (name: string) =>
      JSON.parse(readFileSync(join(installed.folder, "node_modules", name, "package.json"), "utf8"));
    expect(versionOf("@em-stellar/core").version).toBe(second["@em-stellar/core"]);
    expect(versionOf("@em-stellar/metrics").peerDependencies["@em-stellar/core"]).toBe(
      `^${second["@em-stellar/core"]}`,
    );
    const old = project();
    expect(() =>
      old.install(
        `@em-stellar/core@${first["@em-stellar/core"]}`,
        `@em-stellar/metrics@${second["@em-stellar/metrics"]}`,
      ),
    ).toThrow(/ERESOLVE/);
  });
});

describe("beside the lowest versions of ours that they allow", () => {
  const core = "@em-stellar/core";
  const manifest = (): Manifest => JSON.parse(readFileSync(join(plugin, "package.json"), "utf8"));

  it("our packages type-check, load, and pass core's checks", () => {
    const asking = copy.manifests().filter((each) => lowestVersions(each).has(core));
    const isRaised = (each: Manifest) => lowestVersions(each).get(core) !== first[core];
    expect(asking.filter(isRaised).map(({ name }) => name)).toEqual(["@em-stellar/metrics"]);
    expect(faultsWithLowest(project(), asking.filter(isRaised))).toEqual([]);
    expect(
      faultsWithLowest(
        project(),
        asking.filter((each) => !isRaised(each)),
      ),
    ).toEqual([]);
  });

  it("a plugin that needs a newer core fails its tests before its release, until its range is raised", async () => {
    appendFileSync(join(plugin, "src", "index.ts"), usesWhistle);
    expect(manifest().peerDependencies).toEqual({ [core]: `^${first[core]}` });
    const testLowest = () => inPlugin("npm", "run", "test:lowest");
    await expect(testLowest()).rejects.toThrow(
      new RegExp(`Testing with ${core}@${first[core]}, [^]*run "npm run version"[^]*has no exported member 'whistle'`),
    );
    await inPlugin("npm", "update");
    await inPlugin("npm", "run", "version");
    expect(manifest().peerDependencies).toEqual({ [core]: `^${copy.versions()[core]}` });
    expect(await testLowest()).toContain("passed");
  });

  it("one that was published without that is found", async () => {
    const stale: Manifest = { ...manifest(), version: "9.0.0", peerDependencies: { [core]: `^${first[core]}` } };
    writeFileSync(join(plugin, "package.json"), JSON.stringify(stale));
    await inPlugin("npm", "publish");
    const [fault, ...others] = faultsWithLowest(project(), [stale]);
    expect(fault).toContain(`em-stellar-my-metric allows ${core} ${first[core]}, but needs something newer.`);
    expect(fault).toMatch(/index\.ts.*has no exported member 'whistle'/); // its types
    expect(fault).toMatch(/does not provide an export named 'whistle'/); // and its code
    expect(others).toEqual([]);
  });
});

describe("a version of core that breaks others", () => {
  it("breaks em-stellar and every plugin by number as well", () => {
    const before = copy.versions();
    copy.write(".changeset/break.md", '---\n"@em-stellar/core": major\n---\n\nCore forgets how to whistle.\n');
    copy.raiseVersions();
    const after = copy.versions();
    const major = (version = "") => Number(version.split(".")[0]);
    expect(after["em-stellar"]).toBe(after["@em-stellar/core"]);
    for (const { name, peerDependencies = {} } of copy.manifests()) {
      if (!("@em-stellar/core" in peerDependencies)) continue;
      expect(major(after[name]), name).toBe(major(before[name]) + 1);
      expect(peerDependencies["@em-stellar/core"]).toBe(`^${after["@em-stellar/core"]}`);
    }
  });
});
