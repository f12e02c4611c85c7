// `npm start` before it starts, and the command where nothing is built yet: builds what has changed and says one line, or
// everything where a build fails.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const turbo = fileURLToPath(new URL("../node_modules/turbo/bin/turbo", import.meta.url));
const needed = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).engines.node.slice(2);

process.exitCode = isTooOld() ? refuseNode() : existsSync(turbo) ? build() : refuseEmpty();

function build() {
  const began = Date.now();
  process.stdout.write("Building the packages (seconds, and only what has changed) … ");
  const parameters = [turbo, "run", "build:js", "build:index", "--output-logs=errors-only"];
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { cwd: root, encoding: "utf8" });
  console.log(status === 0 ? `done in ${Math.round((Date.now() - began) / 1000)} s.\n` : `failed.\n${stdout}${stderr}`);
  return status ?? 1;
}

function isTooOld() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [leastMajor, leastMinor] = needed.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

function refuseNode() {
  console.error(
    `error: EM-stellar needs Node.js ${needed} or later, and this is ${process.versions.node}. Install a newer one: https://nodejs.org`,
  );
  return 1;
}

function refuseEmpty() {
  console.error(
    "error: The dependencies are not installed yet. Run this first, in the folder of the repository: npm ci",
  );
  return 1;
}
