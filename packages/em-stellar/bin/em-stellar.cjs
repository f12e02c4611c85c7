#!/usr/bin/env node
// What npm links as the command, there before anything is built. It loads nothing until it knows that this Node will do:
// older ones must be able to read it.
const needed = require("../package.json").engines.node.replace(">=", "");

if (isOlder(process.versions.node, needed)) {
  refuse(
    `EM-stellar needs Node.js ${needed} or later, and this is ${process.versions.node}. Install a newer one: https://nodejs.org`,
  );
} else {
  start();
}

function start() {
  const { existsSync } = require("node:fs");
  const { join } = require("node:path");
  const { pathToFileURL } = require("node:url");
  const command = join(__dirname, "..", "dist", "bin.js");
  const repository = join(__dirname, "..", "..", "..");
  const build = join(repository, "scripts", "build-quietly.mjs");
  // In the repository a build may be missing, of this package or of one that it imports.
  if (existsSync(build) && !isBuilt(join(repository, "packages"))) {
    const { spawnSync } = require("node:child_process");
    const { status } = spawnSync(process.execPath, [build], { stdio: ["ignore", 2, 2] });
    if (status !== 0) {
      process.exitCode = 1;
      return;
    }
  }
  if (!existsSync(command)) {
    refuse(`The package em-stellar is incomplete: ${command} is missing. Install it again: npm install em-stellar`);
    return;
  }
  // Keeps compiled code between runs where Node can (22.1 and later).
  const { enableCompileCache } = require("node:module");
  if (enableCompileCache) enableCompileCache();
  import(pathToFileURL(command).href);
}

function isBuilt(packages) {
  const { existsSync, readdirSync } = require("node:fs");
  const { join } = require("node:path");
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .every((folder) => existsSync(join(folder, "dist")));
}

/** Compares `20.9.1` with `20.19`. */
function isOlder(version, minimum) {
  const [major, minor] = version.split(".").map(Number);
  const [leastMajor, leastMinor] = minimum.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

function refuse(sentence) {
  process.stderr.write(`error: ${sentence}\n`);
  process.exitCode = 1;
}
