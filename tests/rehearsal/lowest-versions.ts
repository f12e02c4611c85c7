import { join } from "node:path";
import { root } from "../workspace.js";
import type { Manifest, Project } from "./rehearsal.js";

/** The packages of ours that a package asks for, each with the lowest version that it allows: our ranges are all `^1.2.3`. */
export function lowestVersions({ dependencies, peerDependencies }: Manifest): Map<string, string> {
  const ranges = Object.entries({ ...dependencies, ...peerDependencies });
  const ours = ranges.filter(([name]) => name === "em-stellar" || name.startsWith("@em-stellar/"));
  return new Map(ours.map(([name, range]) => [name, range.replace("^", "")]));
}

/**
 * Installs published packages in an empty project beside the lowest versions of ours that they allow, which must be the same for
 * all of them; type-checks their sources, which ship with them; loads them; and runs core's checks on their metrics, losses and
 * optimizers. Returns a message for each package that needs something newer than it asks for.
 */
export function faultsWithLowest(project: Project, packages: readonly Manifest[]): string[] {
  const lowest = new Map(packages.flatMap((manifest) => [...lowestVersions(manifest)]));
  const all = new Map([...lowest, ...packages.map(({ name, version }) => [name, version] as const)]);
  const needTfjs = packages.some(({ peerDependencies = {} }) => "@tensorflow/tfjs-core" in peerDependencies);
  const tfjs = (needTfjs ? ["layers", "backend-cpu"] : []).map((part) => `@tensorflow/tfjs-${part}@4.22.0`);
  const types = packages.flatMap(({ devDependencies = {} }) => Object.keys(devDependencies)).filter(isTypes);
  project.install(...[...all].map(([name, version]) => `${name}@${version}`), ...tfjs, ...types, "@types/node@20");
  const names = packages.map(({ name }) => name);
  const faults = [...typeFaults(project, names), ...loadFaults(project, names)];
  return packages.flatMap((manifest) => {
    const own = faults.flatMap(([name, fault]) => (name === manifest.name ? [fault] : []));
    const versions = [...lowestVersions(manifest)].map(([name, version]) => `${name} ${version}`).join(", ");
    return own.length === 0
      ? []
      : [`${manifest.name} allows ${versions}, but needs something newer. Raise its range.\n${own.join("\n")}`];
  });
}

const isTypes = (name: string) => name.startsWith("@types/") && name !== "@types/node";

/** A package and what is wrong with it. */
type Fault = readonly [name: string, fault: string];

function typeFaults(project: Project, names: readonly string[]): Fault[] {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const place = { target: "es2023", lib: ["es2023", "dom"], types: ["node"], noEmit: true, skipLibCheck: true };
  const modules = { module: "esnext", moduleResolution: "bundler", resolveJsonModule: true };
  const files = names.map((name) => `node_modules/${name}/src/index.ts`);
  project.write("tsconfig.json", JSON.stringify({ compilerOptions: { ...strict, ...place, ...modules }, files }));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const lines = project.printed(process.execPath, compiler, "-p", ".").split("\n");
  return lines
    .filter((line) => line.includes("error TS"))
    .map((line) => [names.find((name) => line.startsWith(`node_modules/${name}/`)) ?? line, line]);
}

function loadFaults(project: Project, names: readonly string[]): Fault[] {
  project.write("load.js", loadAndCheck(names));
  const printed = project.run(process.execPath, "load.js");
  return JSON.parse(printed.trimEnd().split("\n").at(-1) ?? "");
}

const loadAndCheck = (names: readonly string[]) => `
import { componentChecks } from "@em-stellar/core/testing/components";

const faults = [];
for (const name of ${JSON.stringify(names)}) {
  try {
    const factories = (await import(name)).default?.components ?? [];
    if (factories.some(({ kind }) => kind === "loss" || kind === "optimizer")) {
      await import("@tensorflow/tfjs-backend-cpu");
      await import("@tensorflow/tfjs-layers"); // brings the gradients
    }
    for (const factory of factories) {
      if (factory.kind === "data") continue; // most need files
      const component = factory();
      if (!["metric", "loss", "optimizer"].includes(factory.kind)) continue;
      for (const { run } of componentChecks(component)) await run();
    }
  } catch (error) {
    faults.push([name, String(error)]);
  }
}
console.log(JSON.stringify(faults));
`;
