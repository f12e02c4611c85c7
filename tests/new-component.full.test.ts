import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kinds } from "../scripts/new/kinds.js";
import { root } from "./workspace.js";

const run = promisify(execFile);
let copy: string;

/** The repository without what is installed or built. Packages of our own lead into the copy, all others to where they are installed. */
beforeAll(() => {
  copy = realpathSync(mkdtempSync(join(tmpdir(), "em-stellar-new-")));
  const left = new Set(["node_modules", "dist", ".git", ".turbo", "api"]);
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@em-stellar"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name === "@em-stellar" || name === "em-stellar" || name === ".cache") continue;
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  symlinkSync(join(copy, "packages/em-stellar"), join(modules, "em-stellar"));
  for (const name of readdirSync(join(copy, "packages"))) {
    if (name !== "em-stellar") symlinkSync(join(copy, "packages", name), join(modules, "@em-stellar", name));
  }
  // What npm install would link.
  symlinkSync(join(copy, "packages/backend-brand-new-backend"), join(modules, "@em-stellar/backend-brand-new-backend"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

it("one component of each kind, as npm run new writes it, passes the checks at once", async () => {
  const inCopy = async (...command: [string, ...string[]]) => {
    const { stdout } = await run(command[0], command.slice(1), { cwd: copy, maxBuffer: 2 ** 26 }).catch((error) => {
      throw new Error(`${command.join(" ")}\n${error.stdout}\n${error.stderr}`);
    });
    return stdout;
  };
  for (const kind of Object.keys(kinds)) {
    const written = await inCopy("node", "--import", "jiti/register", "scripts/new.ts", kind, `brand-new-${kind}`);
    expect(written).toContain(`brand-new-${kind}.test.ts`);
  }
  await inCopy("npx", "biome", "check", "--error-on-warnings", "packages", "tests");
  await inCopy("npx", "tsc", "-p", "tsconfig.json", "--incremental", "false");
  await inCopy("npx", "tsc", "-p", "tsconfig.node.json", "--incremental", "false");
  const vitest = (...args: string[]) => inCopy("npx", "vitest", "run", "--project", "quick", ...args);
  // Their own tests, then those of all components.
  await vitest(
    "brand-new",
    "tests/boundaries.test.ts",
    "tests/circles.test.ts",
    "packages/metrics/test/properties",
    "packages/metrics/test/table",
  );
  await vitest(
    "tests/networks.test.ts",
    "tests/complexity.test.ts",
    "tests/prediction.test.ts",
    "tests/features.test.ts",
    "-t",
    "brand-new-network",
  );
  await vitest("tests/kernel-coverage.test.ts");
});
