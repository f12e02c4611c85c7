import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packages, root } from "./workspace.js";

const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
const picture = readFileSync(join(root, "docs/architecture.svg"), "utf8");
/** How far from the top of the picture each package is. */
const tops = new Map(
  [...picture.matchAll(/data-package="([^"]+)" data-top="(\d+)"/g)].map(([, name = "", top]) => [name, Number(top)]),
);

describe("the picture of the architecture", () => {
  it("has every package that others import, the command and the studio; new backends may wait", () => {
    const isLeftOut = (short: string) => /^(create|backend)-/.test(short) && !tops.has(short);
    const shown = packages.map(({ short }) => short).filter((short) => !isLeftOut(short));
    expect([...tops.keys()].sort()).toEqual(shown.sort());
    expect(shown.filter((short) => short.startsWith("backend-")).length).toBeGreaterThan(3);
  });

  it.each(packages.filter(({ short }) => tops.has(short)).map(({ short }) => short))(
    "has what %s imports below it",
    (short) => {
      const { manifest } = packages.find((one) => one.short === short) ?? {};
      const names = Object.keys({ ...manifest?.dependencies, ...manifest?.peerDependencies });
      const imported = names.filter((name) => name.startsWith("@em-stellar/")).map((name) => name.slice(12));
      const beside = short === "em-stellar" ? ["studio"] : []; // the command serves the studio's page
      const above = imported.filter(
        (name) => !beside.includes(name) && !((tops.get(name) ?? 0) > (tops.get(short) ?? 0)),
      );
      expect(above).toEqual([]);
    },
  );
});

describe("pages name files that exist", () => {
  it.each(["docs/architecture.md", "docs/validity.md", "CONTRIBUTING.md"])("%s", (name) => {
    const text = name === "docs/architecture.md" ? page : readFileSync(join(root, name), "utf8");
    const paths = [...text.matchAll(/`((?:packages|tests|site|docs|scripts|bench)\/[\w./-]+)`/g)].map(
      ([, path = ""]) => path,
    );
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.filter((path) => !path.includes("NAME") && !existsSync(join(root, path)))).toEqual([]);
  });
});
