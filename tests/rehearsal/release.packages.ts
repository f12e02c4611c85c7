import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { Copy, Project, strangersEnv } from "./rehearsal.js";

const place = inject("place");
const env = strangersEnv(place, inject("registry"));
const project = () => new Project(place, env);
/** What the registry offers of a package. */
const published = (name: string): Record<string, unknown> =>
  JSON.parse(project().run("npm", "view", name, "--json", "--prefer-online"));

let copy: Copy;
let first: Record<string, string>;
beforeAll(() => {
  copy = Copy.at(inject("copy"), env);
  first = copy.versions();
});

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
