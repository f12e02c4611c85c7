import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Plugin } from "@em-stellar/core";
import * as tf from "@tensorflow/tfjs-core";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { packages, root } from "./workspace.js";

const lock: { packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }> } =
  JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));

function installed(name: string): string[] {
  return Object.keys(lock.packages).filter((path) => path.endsWith(`node_modules/${name}`));
}

describe("package-lock.json", () => {
  it.each(["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers", "zod"])("installs %s once", (name) => {
    expect(installed(name)).toEqual([`node_modules/${name}`]);
  });

  it("lists the native binaries of every platform (scripts/complete-lockfile.mjs adds what a registry withholds)", () => {
    const needed = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(needed.filter((name) => installed(name).length === 0)).toEqual([]);
  });

  it("names no registry, so that it works with any", () => {
    const elsewhere = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.includes(":"));
    expect(elsewhere).toEqual([]);
  });
});

describe("npm run release", () => {
  it("checks everything before it publishes anything", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    );
    expect(scripts.release?.startsWith("npm run check && ")).toBe(true);
    expect(scripts.release?.endsWith(" && npm run publish:packages")).toBe(true);
  });
});

describe("tests", () => {
  it("run our sources, on the tfjs-core that Node's own resolution finds", () => {
    expect(import.meta.resolve("@em-stellar/core")).toMatch(/packages\/core\/src\/index\.ts$/);
    const other = createRequire(import.meta.url)("@tensorflow/tfjs-core") as typeof tf; // typed like its twin
    expect(other.Tensor).toBe(tf.Tensor);
  });
});

describe.each(packages.map((each) => ({ name: each.manifest.name, ...each })))(
  "$name",
  ({ manifest, folder, short, sources }) => {
    it("is an ES module without side effects for Node 20 and later", () => {
      expect(manifest).toMatchObject({
        type: "module",
        sideEffects: false,
        engines: { node: ">=20.19" },
        files: expect.arrayContaining(["dist", "src", "CHANGELOG.md"]),
      });
    });

    it("tells npm where it comes from, and that everybody may install it", () => {
      const page = "https://github.com/em-stellar/em-stellar";
      expect(manifest).toMatchObject({
        license: "MIT",
        homepage: `${page}/tree/main/packages/${short}#readme`,
        bugs: `${page}/issues`,
        repository: { type: "git", url: `git+${page}.git`, directory: `packages/${short}` },
        publishConfig: { access: "public" },
      });
      expect(manifest.keywords).toEqual(expect.arrayContaining(["em-stellar", "segmentation", "electron-microscopy"]));
    });

    it("says that it is a plugin where its main entry exports one", async () => {
      const { default: exported } = await import(join(folder, manifest.exports["."]?.["em-stellar-source"] ?? ""));
      const isPlugin = exported !== undefined && "components" in exported;
      // The runner's plugin, executors, is that of its entry for Node.
      expect(manifest.keywords?.includes("em-stellar-plugin")).toBe(isPlugin || short === "runner");
    });

    it("offers each entry as source, types and code, in this order, from one place", () => {
      for (const [entry, conditions] of Object.entries(manifest.exports)) {
        const inside = conditions["em-stellar-source"]?.match(/^\.\/src\/(.*)\.ts$/)?.[1];
        expect(Object.entries(conditions), entry).toEqual([
          ["em-stellar-source", `./src/${inside}.ts`],
          ["types", `./dist/${inside}.d.ts`],
          ["default", `./dist/${inside}.js`],
        ]);
        expect(existsSync(join(folder, "src", `${inside}.ts`)), entry).toBe(true);
      }
    });

    it("its entries only export, name by name, so that they list what is public", () => {
      for (const { "em-stellar-source": entry = "" } of Object.values(manifest.exports)) {
        const source = ts.createSourceFile(entry, readFileSync(join(folder, entry), "utf8"), ts.ScriptTarget.ES2023);
        const others = source.statements.filter(
          (statement) => !(ts.isExportDeclaration(statement) && statement.exportClause && statement.moduleSpecifier),
        );
        expect(others.map((statement) => `${entry}: ${statement.getText(source)}`)).toEqual([]);
      }
    });

    it("its plugins carry its name and version, and are the default export of their entry", async () => {
      for (const file of sources.filter((file) => /[\\/]plugin\.ts$/.test(file))) {
        const { plugin }: { plugin?: Plugin } = await import(file);
        if (!plugin) continue; // core's own plugin.ts, which defines what a plugin is
        const entry = manifest.exports[plugin.name.replace(manifest.name, ".")]?.["em-stellar-source"];
        expect(plugin).toMatchObject({ name: expect.any(String), version: manifest.version });
        expect(entry, `no entry of ${manifest.name} is called ${plugin.name}`).toBeDefined();
        expect((await import(join(folder, entry ?? ""))).default).toBe(plugin);
      }
    });

    it("has a README that begins with its name", () => {
      expect(readFileSync(join(folder, "README.md"), "utf8")).toMatch(new RegExp(`^# ${manifest.name}\n`));
    });

    it("has a README whose links lead somewhere on npm too", () => {
      const links = [...readFileSync(join(folder, "README.md"), "utf8").matchAll(/\]\(([^)]*)\)/g)].map(
        ([, to]) => to ?? "",
      );
      expect(links.filter((to) => !/^(https:\/\/|#)/.test(to))).toEqual([]);
      const ours = links.flatMap(
        (to) => /^https:\/\/github\.com\/em-stellar\/em-stellar\/(?:blob|tree)\/main\/([^#]*)/.exec(to)?.[1] ?? [],
      );
      expect(ours.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    });
  },
);
