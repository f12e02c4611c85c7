import { defineConfig } from "vitest/config";

const conditions = ["em-stellar-source"];

/** `npm test` runs the quick project; `npm run test:full` the slow one: `*.full.test.ts`. */
export default defineConfig({
  resolve: { conditions: [...conditions, "module", "browser", "development|production"] },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: ["packages/*/test/**/*.test.ts", "tests/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["**/*.full.test.ts", "**/node_modules/**"],
          typecheck: {
            enabled: true,
            tsconfig: "./tsconfig.node.json",
            include: ["packages/*/test/**/*.test-d.ts", "tests/**/*.test-d.ts"],
          },
        },
      },
      {
        extends: true,
        test: {
          name: "full",
          include: ["packages/*/test/**/*.full.test.ts", "tests/**/*.full.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
