import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "./workspace.js";

// What npm links as `em-stellar`, and what `npm start` begins with, in folders laid out as they may be found.

const command = "packages/em-stellar/bin/em-stellar.cjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-command-"));
  copy(command);
  put("packages/em-stellar/package.json", JSON.stringify({ type: "module", engines: { node: ">=20.19" } }));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}
function copy(file: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  copyFileSync(join(root, file), join(folder, file));
}
/** Runs a script of the folder with Node. */
function node(file: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, file), ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}
const program = "console.log('ran', process.argv.slice(2).join(' ')); process.exitCode = 3;";

describe("em-stellar", () => {
  it("starts what was built, with its arguments and its exit status", () => {
    put("packages/em-stellar/dist/bin.js", program);
    expect(node(command, "list", "--json")).toEqual({ status: 3, stdout: "ran list --json\n", stderr: "" });
  });

  it("builds first in a repository where a package is not built, and keeps standard output for the command", () => {
    const bin = JSON.stringify(join(folder, "packages/em-stellar/dist/bin.js"));
    put("packages/em-stellar/dist/bin.js", program);
    put("packages/core/package.json", "{}");
    put(
      "scripts/build-quietly.mjs",
      `import { mkdirSync, writeFileSync } from "node:fs";
       console.log("Building");
       mkdirSync(${JSON.stringify(join(folder, "packages/core/dist"))});
       writeFileSync(${bin}, "console.log('fresh')");`,
    );
    expect(node(command)).toEqual({ status: 0, stdout: "fresh\n", stderr: "Building\n" });
    expect(node(command), "built once").toEqual({ status: 0, stdout: "fresh\n", stderr: "" });
  });

  it("ends with status 1 where the build fails", () => {
    put("scripts/build-quietly.mjs", "console.error('error: no compiler'); process.exitCode = 2;");
    expect(node(command)).toEqual({ status: 1, stdout: "", stderr: "error: no compiler\n" });
  });

  it("says how to mend an installation without its program", () => {
    const { status, stderr } = node(command);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^error: The package em-stellar is incomplete: .*bin\.js is missing\..*npm install em-stellar\n$/,
    );
  });

  it("says in one sentence which Node it needs, and which this is", () => {
    put("packages/em-stellar/package.json", JSON.stringify({ type: "module", engines: { node: ">=99.4" } }));
    put("packages/em-stellar/dist/bin.js", program);
    expect(node(command)).toEqual({
      status: 1,
      stdout: "",
      stderr: `error: EM-stellar needs Node.js 99.4 or later, and this is ${process.versions.node}. Install a newer one: https://nodejs.org\n`,
    });
  });
});

describe("npm start", () => {
  const build = "scripts/build-quietly.mjs";

  it("is built and then the command", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(scripts.start).toBe(`node ${build} && node ${command} demo`);
  });

  it("asks for npm ci where nothing is installed", () => {
    copy(build);
    put("package.json", JSON.stringify({ engines: { node: ">=20.19" } }));
    const { status, stderr } = node(build);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: The dependencies are not installed yet\..*: npm ci\n$/);
  });

  it("says in one sentence which Node it needs", () => {
    copy(build);
    put("package.json", JSON.stringify({ engines: { node: ">=99.4" } }));
    const { status, stderr } = node(build);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: EM-stellar needs Node\.js 99\.4 or later, and this is \d[^\n]*\n$/);
  });
});
