import { existsSync, realpathSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { isAbsolute, join, resolve } from "node:path";
import { InputError } from "@em-stellar/core";
import { isInside } from "@em-stellar/runner/node";

const forms =
  'A suite names a plugin by its package ("my-lab") or by a file below the suite\'s folder ("./network.ts")';

/**
 * Refuses, before anything is loaded, what a suite in JSON may not name as a plugin: it takes packages and files below its
 * own folder, so that whoever reads the folder has read all code that the suite runs beside installed packages.
 * `where` is for the message: `plugins[0] of suite.json`.
 */
export function requirePluginName(name: unknown, where: string, folder: string): string {
  if (typeof name !== "string" || name.trim() === "") {
    throw new InputError(`${where} is ${JSON.stringify(name)}. ${forms}.`);
  }
  const refuse = (problem: string, remedy = `${forms}.`) =>
    new InputError(`${where}: ${JSON.stringify(name)} ${problem}. ${remedy}`);
  const elsewhere = `${forms}. Copy it there; or write the suite as a module (suite.ts), which may import anything.`;
  if (/^[a-z][a-z0-9+.-]+:/i.test(name) && !/^[a-z]:[\\/]/i.test(name)) {
    throw refuse(name.startsWith("node:") ? "is a part of Node, not a plugin" : "is an address");
  }
  if (isAbsolute(name) || /^([a-z]:)?[\\/]/i.test(name)) throw refuse("is an absolute path", elsewhere);
  if (name.includes("\\")) throw refuse("has backslashes", `Write ${JSON.stringify(name.replaceAll("\\", "/"))}.`);
  if (name.split("/").includes("..")) throw refuse("is outside the suite's folder", elsewhere);
  if (name.startsWith("./")) {
    // What is imported is an address: `%2e` is a dot there, and what stands behind a question mark is no part of the path.
    if (/[%?#]/.test(name)) throw refuse("has a character with a special meaning in an import", "Rename the file.");
    const file = resolve(folder, name);
    if (!existsSync(file)) {
      throw refuse(
        `was not found from ${folder}`,
        "Paths start from the suite's folder; the name needs its extension.",
      );
    }
    if (!isInside(realpathSync(file), realpathSync(folder))) {
      throw refuse("is a link to a file outside the suite's folder", elsewhere);
    }
    if (!statSync(file).isFile())
      throw refuse("is not a file", `Name the file in it: ${JSON.stringify(`${name.replace(/\/$/, "")}/index.ts`)}.`);
    return name;
  }
  if (existsSync(join(folder, name))) throw refuse("is a file, not a package", `Write ${JSON.stringify(`./${name}`)}.`);
  if (isBuiltin(name)) throw refuse("is a part of Node, not a plugin");
  if (!/^(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w.-]+)*$/.test(name)) throw refuse("is not the name of a package");
  return name;
}
