import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { decodeText, InputError } from "@em-stellar/core";
import { quoted, readPlainFile } from "@em-stellar/data/node";

/** What to say where a folder was given in place of a suite. */
export async function explainFolder(folder: string): Promise<InputError> {
  const entries: string[] = await readdir(folder).catch(() => []);
  if (entries.includes("manifest.json") && entries.includes("suite.json")) {
    const command = await commandIn(join(folder, "manifest.json"));
    const again =
      command === undefined
        ? "Give the suite that it was started with."
        : `To continue it: ${command} --out ${quoted(folder)}`;
    return new InputError(`${folder} is the folder of a run, not a suite. ${again}`);
  }
  if (entries.includes("results.json")) {
    return new InputError(`${folder} is the folder of an evaluation, not a suite: there is nothing to train in it.`);
  }
  const suites = entries.filter((name) => /^(.*[.-])?suite\.(jsonc?|m?[jt]s)$/.test(name));
  if (suites.length > 0) {
    return new InputError(
      `${folder} is a folder. Give the suite in it: npx em-stellar run ${quoted(join(folder, suites[0] as string))}`, // there is one
    );
  }
  return new InputError(
    `${folder} is a folder, and no suite is in it. If it holds images and masks, this writes one: npx em-stellar init ${quoted(folder)}`,
  );
}

async function commandIn(manifest: string): Promise<string | undefined> {
  try {
    const { environment }: { environment?: { command?: unknown } } = JSON.parse(
      decodeText(await readPlainFile(manifest)),
    );
    return typeof environment?.command === "string" ? environment.command : undefined;
  } catch {
    return undefined;
  }
}
