#!/usr/bin/env node
// `npm create em-stellar-plugin KIND NAME`: writes a plugin into a new folder.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { kindNames, neededPackages, packageName, pluginFiles } from "../plugin-files.js";

const run = promisify(execFile);
const usage = `Usage: npm create em-stellar-plugin KIND NAME

KIND is one of ${kindNames.join(", ")}.
NAME is the id of your component, such as my-network. The plugin is written into the folder em-stellar-NAME.`;

try {
  const [kind, id, ...others] = process.argv.slice(2);
  if (!kind || !id || others.length > 0 || kind.startsWith("-")) throw new Error(usage);
  const folder = resolve(packageName(id));
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not empty. Choose another name, or remove it.`);
  }
  const templates = fileURLToPath(new URL(`../../templates/${kind}/`, import.meta.url));
  const template = (name: string) => readFileSync(join(templates, name), "utf8");
  const parts = { kind, id, template, versions: {}, year: new Date().getFullYear() };
  if (kindNames.includes(kind)) Object.assign(parts, { versions: await newestVersions() });
  for (const [path, content] of pluginFiles(parts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  console.log(`Wrote ${folder}.

It works as it is. Change it to what you mean:
  cd ${packageName(id)}
  npm install
  npm test
  npm run benchmark`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** What the plugin will rest on: the newest versions that npm offers. */
async function newestVersions(): Promise<Record<string, string>> {
  const asked = neededPackages.map(async (name) => {
    try {
      // On Windows npm is a script, which needs a shell. The names are our own.
      const { stdout } = await run("npm", ["view", name, "version"], { shell: process.platform === "win32" });
      return [name, stdout.trim()] as const;
    } catch (cause) {
      throw new Error(`npm does not find ${name}. Are you online? "npm view ${name} version" shows what is wrong.`, {
        cause,
      });
    }
  });
  return Object.fromEntries(await Promise.all(asked));
}
