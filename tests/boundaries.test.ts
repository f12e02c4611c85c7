import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, packageOf, resolveImport } from "./imports.js";
import { type Package, packages, root } from "./workspace.js";

/** Which of our packages the sources of a package may import; `em-stellar` and the studio, which put them together, may import all. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "create-em-stellar-plugin": [],
  data: ["core"],
  analysis: ["core"],
  metrics: ["core"],
  losses: ["core", "kernels"],
  optimizers: ["core", "kernels"],
  ensemble: ["core"],
  baselines: ["core"],
  "nets-unet": ["core"],
  "nets-emnet": ["core", "kernels"],
  "nets-classic": ["core", "kernels"],
  kernels: ["core"],
  "backend-cpu": ["core", "kernels"],
  "backend-wasm": ["core", "kernels"],
  "backend-webgpu": ["core", "kernels"],
  "backend-tensorflow": ["core", "kernels"],
  report: ["core"],
  runner: ["core", "data", "analysis"],
  evaluation: ["core", "data", "analysis"],
  studio: packages.map(({ short }) => short).filter((short) => short !== "em-stellar" && short !== "studio"),
  "em-stellar": packages.map(({ short }) => short),
};

function isNodeCode({ folder, short }: Package, file: string): boolean {
  return short === "em-stellar" || file.startsWith(join(folder, "src", "node/"));
}

/** Bundled with all that they import, so that whoever installs them needs none of it. */
const bundled = ["studio"];

const byName = new Map(packages.map((pack) => [pack.manifest.name, pack]));

/** Every specifier outside our packages that can be reached from a file, with the file that names it. */
function reachedFrom(entry: string): { specifier: string; file: string }[] {
  const seen = new Set([entry]);
  const outside: { specifier: string; file: string }[] = [];
  for (const file of seen) {
    for (const specifier of importsOf(file)) {
      const target = resolveImport(specifier, file);
      if (target) seen.add(target);
      else outside.push({ specifier, file: relative(root, file) });
    }
  }
  return outside;
}

const everyImport = packages.flatMap((pack) =>
  pack.sources.flatMap((file) =>
    importsOf(file).map((specifier) => ({
      pack,
      file,
      specifier,
      line: `${relative(root, file)} imports ${specifier}`,
    })),
  ),
);

describe("who may import whom", () => {
  it("names every package", () => {
    expect(packages.map(({ short }) => short).sort()).toEqual(Object.keys(mayImport).sort());
  });

  it("arrows point down only: siblings never import each other, the runner imports no plugin and no backend", () => {
    const wrong = everyImport.filter(({ pack, specifier }) => {
      const target = byName.get(packageOf(specifier) ?? "");
      return target && !mayImport[pack.short]?.includes(target.short);
    });
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });

  it("imports of our own packages go through an entry that exists, never into a folder", () => {
    const wrong = everyImport.filter(({ file, specifier }) => {
      const ours = specifier.startsWith(".") || byName.has(packageOf(specifier) ?? "");
      const target = resolveImport(specifier, file);
      return ours && !(target && existsSync(target));
    });
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });

  it("what a package's sources import stands in its own package.json", () => {
    const wrong = everyImport.filter(({ pack: { manifest, short }, specifier }) => {
      const name = packageOf(specifier);
      const atBuild = bundled.includes(short) ? manifest.devDependencies : {};
      return name && !(name in { ...manifest.dependencies, ...manifest.peerDependencies, ...atBuild });
    });
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });

  it("core, kernels and tfjs are peers of a plugin, never plain dependencies, so that there is one copy of each", () => {
    const wrong = packages
      .filter(({ short }) => short !== "em-stellar")
      .flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}).map((name) => `${manifest.name} → ${name}`))
      .filter((line) => / → (@em-stellar\/(core|kernels)|@tensorflow\/tfjs-(core|layers))$/.test(line));
    expect(wrong).toEqual([]);
  });
});

describe("neutral code", () => {
  it("imports nothing of Node outside src/node", () => {
    const wrong = everyImport.filter(
      ({ pack, file, specifier }) => !isNodeCode(pack, file) && /^node:|\/node(\/|$)/.test(specifier),
    );
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });
});

describe("packages that install without tfjs", () => {
  const withoutTfjs = packages.filter(({ manifest }) => {
    const optional = manifest.peerDependenciesMeta?.["@tensorflow/tfjs-core"]?.optional;
    const names = { ...manifest.dependencies, ...manifest.peerDependencies };
    return optional || !("@tensorflow/tfjs-core" in names);
  });

  it("are at least core, data, metrics, ensemble and baselines", () => {
    expect(withoutTfjs.map(({ short }) => short)).toEqual(
      expect.arrayContaining(["core", "data", "metrics", "ensemble", "baselines"]),
    );
  });

  it.each(withoutTfjs.map(({ manifest, folder }) => ({ name: manifest.name, manifest, folder })))(
    "$name: its main entry reaches no tfjs, not even in types",
    ({ manifest, folder }) => {
      const reached = reachedFrom(join(folder, manifest.exports["."]?.["em-stellar-source"] ?? ""));
      expect(reached.filter(({ specifier }) => specifier.startsWith("@tensorflow/"))).toEqual([]);
    },
  );

  it("the walk through imports does find tfjs where it is", () => {
    const core = byName.get("@em-stellar/core");
    const reached = reachedFrom(join(core?.folder ?? "", "src", "training", "index.ts"));
    expect(reached.map(({ specifier }) => specifier)).toContain("@tensorflow/tfjs-core");
  });
});

describe("the command line", () => {
  const isOfCommand = (file: string) => /em-stellar\/src\/(commands\/|program\/|terminal\/|cli\.ts|bin\.ts)/.test(file);
  // A report tells commands to paste, and is full of CSS; processes that the runner starts have an end and signals of their own.
  const others = packages
    .filter(({ short }) => short !== "report")
    .flatMap(({ sources }) => sources)
    .filter((file) => !isOfCommand(file) && !/runner\/src\/node\/(processes|serve-jobs)\.ts$/.test(file));
  const codeOf = (file: string) => readFileSync(file, "utf8").replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, "");
  const found = (pattern: RegExp) =>
    others.flatMap((file) => (codeOf(file).match(pattern) ?? []).map((text) => `${relative(root, file)}: ${text}`));
  const commandCode = packages.flatMap(({ sources }) => sources.filter(isOfCommand).map(codeOf)).join("\n");
  const flags = [...new Set(commandCode.match(/(?<=["`, ])--[a-z][a-z-]+(?=[ "<])/g))];

  it("knows some flags", () => {
    expect(flags).toEqual(expect.arrayContaining(["--out", "--truth-labels", "--backend", "--fresh"]));
  });

  it("is where terminal, signals and exit status are: no other code knows them", () => {
    expect(found(/process\.(?:stdout|stderr|exitCode|exit\()|SIGINT/g)).toEqual([]);
  });

  it("is where flags are spelled: messages elsewhere name options, as `truthLabels: 1`", () => {
    const pattern = new RegExp(`(?<![\\w-])(?:${flags.join("|")})(?![\\w-])`, "g");
    // nvidia-smi and the programs of Slurm and HyperQueue have flags of the same name; what `init` understood is printed as it is.
    const known = [
      /backend-tensorflow\/src\/nvidia-gpus\.ts: --format$/,
      /em-stellar\/src\/init\/understand\.ts: --labels$/,
    ];
    const ofEngines = /runner\/src\/node\/(?:slurm|hyperqueue|workflows\/slurm-arrays)\.ts: /;
    expect(found(pattern).filter((line) => ![...known, ofEngines].some((each) => each.test(line)))).toEqual([]);
  });
});
