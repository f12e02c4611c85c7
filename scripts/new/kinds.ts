import type { Names } from "../../packages/create-em-stellar-plugin/src/names.js";

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

/** Of the images that costs are listed for. */
const sides = [512, 256, 128, 64, 32];

/**
 * The costs of the network in `templates/network/component.ts` of create-em-stellar-plugin at its full width, counted by hand: convolutions from 1 to 16, from 16 to
 * 32 at a quarter of the pixels, from 48 to 16 and from 16 to 1 channel.
 */
const costs = {
  trainable: 9 * 16 + 16 + 2 * 16 + (9 * 16 * 32 + 32 + 2 * 32) + (9 * 48 * 16 + 16 + 2 * 16) + 16 + 1,
  nonTrainable: 2 * (16 + 32 + 16),
  convolutions: 4,
  bySize: Object.fromEntries(
    sides.map((side) => {
      const macs = (9 * 16 + (9 * 16 * 32) / 4 + 9 * 48 * 16 + 16) * side ** 2;
      const values = 16 + 32 / 4 + 16; // what is normalised
      const profiled = (values + 1 + 16) * side ** 2; // biases; a pooling looks at each of 16 channels once
      const others = (values * (2 + 1) + 4) * side ** 2; // normalisation and ReLU; the sigmoid
      return [side, { macs, conv: 2 * macs, tfProfiler: 2 * macs + profiled, allOp: 2 * macs + profiled + others }];
    }),
  ),
};

/** How far it sees, counted by hand: one pixel, of which the pooling makes a small one; one small one more; two for each, and one. */
const reach = 5;

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
      {
        file: "tests/prediction.test.ts",
        change: (text) => text.replace(/(const seen: .* = \{\n[\s\S]*?)\n\};/, `$1\n  "${id}": ${reach},\n};`),
      },
    ],
    gates: [
      "its costs in tests/fixtures/network-costs.json, from a source other than the network itself",
      "how far it sees in tests/prediction.test.ts, counted by hand",
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
        file: "docs/metrics.md",
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
            `$1\n| [@em-stellar/backend-${id}](packages/backend-${id}) | the backend \`${id}\` | 6 kB |`,
          ),
      },
      {
        file: "packages/em-stellar/package.json",
        change: (text) =>
          text.replace(/^( *"@em-stellar\/backend-cpu": .*)$/m, `$1\n    "@em-stellar/backend-${id}": "^0.1.0",`),
      },
      {
        file: "packages/em-stellar/src/backend-plugins.ts",
        change: (text) =>
          `import { plugin as ${factory} } from "@em-stellar/backend-${id}";\n${text.replace(/, cpu\]/, `, cpu, ${factory}]`)}`,
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
