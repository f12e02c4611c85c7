import type { Names } from "./names.js";

/** A change to a file of the repository: its path from the root, and what becomes of its text. */
export interface Edit {
  readonly file: string;
  readonly change: (text: string) => string;
}

/** Where components of a kind live, and what names each of them. */
export interface Kind {
  /** The package that a component goes to: the first where none is chosen. */
  readonly packages: readonly string[];
  /** The folder of its sources, `src` where absent. */
  readonly folder?: string;
  /** Whether `em-stellar` exports its components by their names; true where absent. */
  readonly isExported?: false;
  /** Lines in other files than those of its package that every component has. */
  readonly lines?: (names: Names) => Edit[];
  /** What a built-in component of this kind must have besides, which no script can write. */
  readonly gates: readonly string[];
}

const numbers = [512, 256, 128, 64, 32];

/** The costs of the network in `network/component.ts` for each pixel, counted by hand: its convolutions have 1, 16, 16, 16 and 16 channels. */
const costs = {
  trainable: 9 * 16 + 16 + 3 * (9 * 16 * 16 + 16) + 4 * 2 * 16 + 16 + 1,
  nonTrainable: 4 * 2 * 16,
  convolutions: 5,
  bySize: Object.fromEntries(
    numbers.map((side) => {
      const macs = (9 * 16 + 3 * 9 * 16 * 16 + 16) * side ** 2;
      const biases = (4 * 16 + 1) * side ** 2;
      const others = (4 * 16 * (2 + 1) + 4) * side ** 2; // normalisation and ReLU; the sigmoid
      return [side, { macs, conv: 2 * macs, tfProfiler: 2 * macs + biases, allOp: 2 * macs + biases + others }];
    }),
  ),
};

const changeset = "a changeset: npx changeset";

/** Every kind of component that `npm run new` can make. */
export const kinds: Readonly<Record<string, Kind>> = {
  network: {
    packages: ["nets-unet", "nets-emnet", "nets-classic"],
    lines: ({ id }) => [
      {
        file: "tests/fixtures/network-costs.json",
        change: (text) => JSON.stringify({ ...JSON.parse(text), [id]: costs }, null, 2),
      },
    ],
    gates: [
      "its costs in tests/fixtures/network-costs.json, from a source other than the network itself",
      "docs/complexity.md: npx em-stellar complexity shows the new table",
      "npm run overfit, which needs the data: docs/overfit.json and docs/overfit.md",
      changeset,
    ],
  },
  loss: { packages: ["losses"], gates: [changeset] },
  optimizer: { packages: ["optimizers"], gates: [changeset] },
  metric: {
    packages: ["metrics"],
    lines: ({ id }) => [
      {
        file: "packages/metrics/test/properties.test.ts",
        change: (text) =>
          text.replace(
            /(const facts: .* = \{\n[\s\S]*?)\n\};/,
            `$1\n  "${id}": { pooling: "counts", swapped: "${id}" },\n};`,
          ),
      },
      {
        file: "packages/metrics/README.md",
        change: (text) =>
          text.replace(
            /((?:^\| `.*\n)+)/m,
            `$1| \`${id}\` | FP + FN, in pixels | 0 to ∞ ↓ | adding up pixels | above 0 | above 0 | 0 | |\n`,
          ),
      },
    ],
    gates: ["an independent oracle, where there is one: scripts/golden", changeset],
  },
  ensemble: { packages: ["ensemble"], gates: [changeset] },
  baseline: { packages: ["baselines"], gates: [changeset] },
  data: { packages: ["data"], gates: [changeset] },
  format: { packages: ["data"], gates: [changeset] },
  executor: { packages: ["runner"], folder: "src/node", isExported: false, gates: [changeset] },
  backend: {
    packages: ["backend-*"],
    lines: ({ id, factory }) => [
      {
        file: "tests/boundaries.test.ts",
        change: (text) => text.replace(/^( *"backend-cpu": .*)$/m, `$1\n"backend-${id}": ["core", "kernels"],`),
      },
      {
        file: "README.md",
        change: (text) =>
          text.replace(
            /^(\| \[@em-stellar\/backend-cpu\].*)$/m,
            `$1\n| [@em-stellar/backend-${id}](packages/backend-${id}) | the backend \`${id}\` |`,
          ),
      },
      {
        file: "packages/em-stellar/package.json",
        change: (text) =>
          text.replace(/^( *"@em-stellar\/backend-cpu": .*)$/m, `$1\n    "@em-stellar/backend-${id}": "^0.1.0",`),
      },
      {
        file: "packages/em-stellar/src/registry.ts",
        change: (text) =>
          `import ${factory} from "@em-stellar/backend-${id}";\n${text.replace(/^( *)cpu,$/m, `$1cpu,\n$1${factory},`)}`,
      },
      {
        file: "packages/em-stellar/src/index.ts",
        change: (text) => `export { ${factory} } from "@em-stellar/backend-${id}";\n${text}`,
      },
    ],
    gates: [
      "npm install && node scripts/complete-lockfile.mjs, which link the package and put it into package-lock.json",
      "tests/conformance on it, as packages/backend-cpu/test/conformance.test.ts runs it on cpu",
      changeset,
    ],
  },
};
