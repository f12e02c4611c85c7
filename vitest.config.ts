import { defineConfig } from "vitest/config";

/**
 * `npm test` runs the quick project and the tests of types, `npm run test:full` the slow one: `*.full.test.ts`, and
 * `npm run test:faults` all that is in `tests/faults`, with more inputs than the others try, and `npm run test:packages` what
 * strangers get from the registry.
 * The first condition resolves our own packages to their sources; the other two are vitest's own.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ["em-stellar-source", "node", "development|production"] } },
  test: {
    pool: "forks",
    globalSetup: "./packages/backend-wasm/test/build-kernels.ts",
    maxWorkers: 2,
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: ["packages/*/test/**/*.test.ts", "tests/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["**/*.full.test.ts", "**/node_modules/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            tsconfig: "./tsconfig.node.json",
            include: ["packages/*/test/**/*.test-d.ts", "tests/**/*.test-d.ts"],
            // `npm run types` reports those; here they would fail the tests of an unrelated package.
            ignoreSourceErrors: true,
          },
        },
      },
      {
        extends: true,
        test: {
          name: "full",
          include: ["packages/*/test/**/*.full.test.ts", "tests/**/*.full.test.ts", "examples/**/*.full.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "packages",
          include: ["tests/rehearsal/*.packages.ts"],
          globalSetup: "./tests/rehearsal/setup.ts",
          maxConcurrency: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          exclude: ["**/node_modules/**"],
          // How many times as many inputs are tried as in `npm test`.
          env: { EM_STELLAR_FAULTS: process.env.EM_STELLAR_FAULTS ?? "20" },
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
