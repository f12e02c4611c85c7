import { exampleImages } from "./example-images.js";
import { type Kind, kinds } from "./kinds.js";
import { inWords, namesOf } from "./names.js";

/** A file's text or bytes. */
export type Content = string | Uint8Array;

/** What a plugin is made from. */
export interface PluginParts {
  /** One of {@link kindNames}. */
  readonly kind: string;
  /** Id of its component, in kebab-case. */
  readonly id: string;
  /** The text of a template by its name: `component.ts` or `component.test.ts`. */
  readonly template: (name: string) => string;
  /** The version of each package that the plugin rests on. */
  readonly versions: Readonly<Record<string, string>>;
  /** For the licence. */
  readonly year: number;
}

/** The kinds of components that a plugin can be made of. */
export const kindNames: readonly string[] = Object.keys(kinds);

/** The packages of ours whose versions {@link pluginFiles} needs. */
export const neededPackages: readonly string[] = ["@em-stellar/core", "@em-stellar/kernels", "em-stellar"];

/**
 * The files of a new plugin by their paths: a component that works, its tests, a suite, and all that it takes to publish it.
 * Throws where the kind or the id is none.
 */
export function pluginFiles({ kind, id, template, versions, year }: PluginParts): Map<string, Content> {
  const found = kinds[kind];
  if (!found) {
    throw new Error(`No kind of component is named ${JSON.stringify(kind)}. There are: ${kindNames.join(", ")}.`);
  }
  const names = namesOf(id);
  const { factory, type } = names;
  const name = packageName(id);
  const source = inWords(template("component.ts"), kind, names);
  const options = source.includes(`interface ${type}Options`) ? `, type ${type}Options` : "";
  const files = new Map<string, Content>([
    [`src/${id}.ts`, source],
    [
      "src/index.ts",
      `export { ${factory}${options} } from "./${id}.js";\nexport { plugin as default } from "./plugin.js";\n`,
    ],
    [
      "src/plugin.ts",
      `import { definePlugin } from "@em-stellar/core";\nimport { ${factory} } from "./${id}.js";\n\n/** What a suite names: "plugins": ["${name}"]. */\nexport const plugin = definePlugin({ name: "${name}", version: "0.0.0", components: [${factory}] });\n`,
    ],
    [
      `test/${id}.test.ts`,
      inWords(template("component.test.ts"), kind, names).replace("./component.js", `../src/${id}.js`),
    ],
    ["suite.json", json(suiteOf(found, id))],
    ["package.json", json(manifestOf(found, name, kind, id, versions))],
    ["tsconfig.json", json(tsconfig)],
    ["tsconfig.build.json", json({ extends: "./tsconfig.json", compilerOptions: build, include: ["src"] })],
    ["README.md", readme(name, kind, id)],
    ["LICENSE", licence(name, year)],
    [".gitignore", "node_modules/\ndist/\nruns/\n"],
    [".changeset/config.json", json({ changelog: "@changesets/cli/changelog", access: "public", baseBranch: "main" })],
    [".changeset/first-version.md", `---\n"${name}": minor\n---\n\nThe ${kind} \`${id}\`.\n`],
    [".github/workflows/release.yml", releaseWorkflow],
    ["scripts/sync-version.mjs", syncVersion],
    ["scripts/install-lowest.mjs", installLowest],
  ]);
  if (found.hasChecks) files.set("test/conformance.test.ts", conformanceTest(kind, id, factory));
  if (kind === "format") for (const [path, bytes] of exampleImages()) files.set(path, bytes);
  return files;
}

/** What a plugin with this component is called. */
export function packageName(id: string): string {
  return `em-stellar-${id}`;
}

/** Of invented images: small networks learn in a minute to find them better than a threshold does. */
const objects = { contrast: 0.7, noise: 0.04, mitochondria: 10, darkBodies: 3 };

function suiteOf(kind: Kind, id: string): object {
  return {
    plugins: ["./src/index.ts"],
    name: id,
    data: { id: "phantom", options: { size: 96, trainImages: 8, testImages: 8, groups: 2, ...objects } },
    networks: [{ id: "unet-bn", options: { depth: 2, baseFilters: 4 } }],
    loss: "dice",
    optimizer: { id: "adam", options: { learningRate: 0.01 } },
    metrics: ["jaccard"],
    folds: 2,
    training: { patch: 48, batchSize: 2, steps: 200, validateEvery: 50 },
    backend: "wasm",
    ...kind.suite(id),
  };
}

function manifestOf(kind: Kind, name: string, what: string, id: string, versions: PluginParts["versions"]): object {
  const range = (pack: string) => `^${versions[pack] ?? (pack.startsWith("@tensorflow/") ? "4.22.0" : missing(pack))}`;
  const ranges = (packs: readonly string[]) => Object.fromEntries([...packs].sort().map((pack) => [pack, range(pack)]));
  return {
    name,
    version: "0.0.0",
    description: `The ${what} ${id} for EM-stellar.`,
    license: "MIT",
    keywords: ["em-stellar", "em-stellar-plugin", "segmentation", "electron-microscopy"],
    type: "module",
    sideEffects: false,
    engines: { node: ">=20.19" },
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist", "src", "CHANGELOG.md"],
    publishConfig: { access: "public" },
    scripts: {
      build: "tsc -p tsconfig.build.json",
      test: "tsc -p tsconfig.json && vitest run",
      "test:lowest": "node scripts/install-lowest.mjs && npm test",
      benchmark: "em-stellar run suite.json",
      changeset: "changeset",
      version: "changeset version && node scripts/sync-version.mjs",
      release: "npm run test:lowest && npm run build && changeset publish",
      prepack: "npm run build",
    },
    peerDependencies: ranges(["@em-stellar/core", ...kind.peers]),
    devDependencies: {
      "@changesets/cli": "^2.31.1",
      ...ranges(["em-stellar", ...kind.forTests]),
      "@types/node": "^20.19.0",
      typescript: "~6.0.3",
      vitest: "^4.1.12",
    },
  };
}

function missing(pack: string): never {
  throw new Error(`The version of ${pack} is not known.`);
}

const tsconfig = {
  compilerOptions: {
    target: "ES2023",
    lib: ["ES2023"],
    module: "NodeNext",
    strict: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
  },
  include: ["src", "test"],
};
const build = { noEmit: false, outDir: "dist", rootDir: "src", declaration: true, sourceMap: true };

function conformanceTest(kind: string, id: string, factory: string): string {
  const starts = kind === "loss" || kind === "optimizer";
  const start = `import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // brings the gradients
`;
  return `${starts ? start : ""}import { componentChecks } from "@em-stellar/core/testing/components";
import { describe, it } from "vitest";
import { ${factory} } from "../src/${id}.js";

describe("does what every ${kind === "data" ? "data source" : kind} must do:", () => {
  for (const { name, run } of componentChecks(${factory}())) it(name, run);
});
`;
}

function readme(name: string, kind: string, id: string): string {
  return `# ${name}

The ${kind} \`${id}\` for [EM-stellar](https://github.com/em-stellar/em-stellar), which benchmarks segmentation of
electron-microscopy images.

\`\`\`sh
npm install em-stellar ${name}
\`\`\`

Name the plugin in a suite: \`"plugins": ["${name}"]\`. Then use \`${id}\` like any other ${kind === "data" ? "data source" : kind}.

## Work on it

\`\`\`sh
npm install
npm test              # the tests
npm run benchmark     # suite.json, with the plugin as it is in src
npx changeset         # write down what has changed, for the next version
npm run version       # raise the version
npm run release       # test with the oldest EM-stellar that package.json allows, build and publish
\`\`\`

\`.github/workflows/release.yml\` does the last two on GitHub. Set \`repository\` in package.json before you publish from there:
npm records it with the package.
`;
}

const releaseWorkflow = `name: Release
on:
  push:
    branches: [main]
permissions:
  contents: write
  pull-requests: write
  id-token: write # npm records which commit a package was built from
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - run: npm install
      - run: npm test
      - uses: changesets/action@v1
        with:
          version: npm run version
          publish: npm run release
        env:
          GITHUB_TOKEN: \${{ secrets.GITHUB_TOKEN }}
          NPM_TOKEN: \${{ secrets.NPM_TOKEN }}
          NPM_CONFIG_PROVENANCE: "true"
`;

const syncVersion = `// After changesets have raised the version: results record that of the plugin, and the plugin asks for what it was tested with.
import { readFileSync, writeFileSync } from "node:fs";

const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const manifest = read("package.json");
for (const name of Object.keys(manifest.peerDependencies)) {
  if (name.startsWith("@em-stellar/")) {
    manifest.peerDependencies[name] = \`^\${read(\`node_modules/\${name}/package.json\`).version}\`;
  }
}
writeFileSync("package.json", \`\${JSON.stringify(manifest, null, 2)}\\n\`);
const source = readFileSync("src/plugin.ts", "utf8");
writeFileSync("src/plugin.ts", source.replace(/version: "[^"]*"/, \`version: "\${manifest.version}"\`));
`;

const installLowest = `// Installs the lowest versions of EM-stellar that package.json allows: the tests show whether the plugin works with them.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const { peerDependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const lowest = Object.entries({ ...peerDependencies, ...devDependencies })
  .filter(([name]) => name === "em-stellar" || name.startsWith("@em-stellar/"))
  .map(([name, range]) => \`\${name}@\${range.replace(/^[\^~]/, "")}\`);
console.log(\`Testing with \${lowest.join(", ")}, the lowest versions that package.json allows.
If the tests fail now but pass after "npm update", the plugin needs something newer: run "npm run version" then.\`);
// On Windows npm is a script, which needs a shell.
execFileSync("npm", ["install", "--no-save", ...lowest], { stdio: "inherit", shell: process.platform === "win32" });
`;

function licence(name: string, year: number): string {
  return `MIT License

Copyright (c) ${year} the authors of ${name}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
