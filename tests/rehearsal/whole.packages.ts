import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { Copy, Project, strangersEnv } from "./rehearsal.js";

const place = inject("place");
const env = strangersEnv(place, inject("registry"));
const tool = (...path: string[]) => join(inject("tools"), "node_modules", ...path);
const node = (version: string) => tool(`node-${version}`, "bin", "node");

let project: Project;
let packages: readonly { name: string; exports: Readonly<Record<string, object>> }[];
beforeAll(() => {
  packages = Copy.at(inject("copy"), env).manifests();
  project = new Project(place, env);
  project.install(...packages.map(({ name }) => name), "@types/node@20");
});
const emStellar = (...parameters: string[]) => project.run("npx", "--no-install", "em-stellar", ...parameters);

/** Every name that a program may import and that has types. */
const entries = () =>
  packages.flatMap(({ name, exports }) =>
    Object.entries(exports).flatMap(([path, conditions]) => ("types" in conditions ? [`${name}${path.slice(1)}`] : [])),
  );

describe("em-stellar and every package", () => {
  it("install one copy of tfjs-core and of core", () => {
    const lock: { packages: object } = JSON.parse(readFileSync(join(project.folder, "package-lock.json"), "utf8"));
    for (const name of ["@tensorflow/tfjs-core", "@em-stellar/core"]) {
      const copies = Object.keys(lock.packages).filter((path) => path.endsWith(`node_modules/${name}`));
      expect(copies).toHaveLength(1);
    }
  });

  it("list every component as JSON", () => {
    const listed = JSON.stringify(JSON.parse(emStellar("list", "--json")));
    for (const id of ["unet-bn", "jaccard-log", "radam", "f1", "average", "otsu", "wasm", "phantom"]) {
      expect(listed).toContain(`"${id}"`);
    }
  });

  it("run the demo and leave a report", () => {
    const printed = emStellar("demo", "--out", "demo");
    expect(printed).toMatch(/U-net/i);
    expect(existsSync(join(project.folder, "demo", "results.json"))).toBe(true);
    expect(readFileSync(join(project.folder, "demo", "report", "index.html"), "utf8")).toContain("<svg");
  });

  it.each(["20.19", "22", "24"])("run a suite on Node %s", (version) => {
    const suite = {
      name: `on-${version.replace(".", "-")}`,
      data: { id: "phantom", options: { size: 32, trainImages: 4, testImages: 1, groups: 2, mitochondria: 20 } },
      networks: [{ id: "unet-bn", options: { depth: 1, baseFilters: 2 } }],
      loss: "dice",
      optimizer: "adam",
      metrics: ["jaccard"],
      folds: 2,
      training: { patch: 32, batchSize: 2, steps: 2, validateEvery: 1 },
      backend: "wasm",
      executor: "in-process",
    };
    project.write("suite.json", JSON.stringify(suite));
    const printed = project.run(node(version), "node_modules/em-stellar/bin/em-stellar.cjs", "run", "suite.json");
    expect(printed).toContain("unet-bn/fold-1/seed-1");
    const results = readFileSync(join(project.folder, "runs", suite.name, "results.json"), "utf8");
    expect(JSON.parse(results).environment.node).toContain(version);
  });

  it("can be required on Node 20.19", () => {
    const names = JSON.stringify(entries());
    const told = project.run(node("20.19"), "-e", `for (const n of ${names}) require(n); console.log("all required")`);
    expect(told).toContain("all required");
  });

  describe.each(["5.6", "7"])("by TypeScript %s", (version) => {
    it.each([
      { module: "node16", moduleResolution: "node16" },
      { module: "esnext", moduleResolution: "bundler" },
    ])("declare what checks without a fault of ours ($moduleResolution)", (resolution) => {
      const reexports = entries().map((name, i) => `export * as name${i} from "${name}";`);
      const misuse = ['import { dice } from "em-stellar";', "// @ts-expect-error", 'dice({ smooth: "much" });'];
      project.write("all.ts", [...reexports, ...misuse].join("\n"));
      const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
      const place = { target: "es2022", lib: ["es2023", "dom"], types: ["node"], noEmit: true, skipLibCheck: false };
      project.write(
        "tsconfig.json",
        JSON.stringify({ compilerOptions: { ...resolution, ...strict, ...place }, files: ["all.ts"] }),
      );
      const compile = () => project.run(process.execPath, tool(`typescript-${version}`, "bin", "tsc"), "-p", ".");
      // tfjs 4.22 has faults of its own in its declarations.
      expect(compile).toThrow(/@tensorflow|@webgpu/);
      expect(messageOf(compile)).not.toMatch(/^(all\.ts|node_modules\/(@em-stellar|em-stellar|create-em-stellar))/m);
    });
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    return String(error);
  }
}
