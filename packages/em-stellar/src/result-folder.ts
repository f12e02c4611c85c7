import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeText, InputError, type RunStore } from "@em-stellar/core";
import { readPlainFile } from "@em-stellar/data/node";
import { folderStore } from "@em-stellar/runner/node";

/** What a command leaves in a folder, by the file that says so. */
interface Leavings {
  readonly file: string;
  /** The `kind` in that file. */
  readonly kind: string;
}

const evaluation: Leavings = { file: "results.json", kind: "evaluation" };

/** Stands in a folder as long as results are being written there: what is beside it is ours. */
const unfinished = "results.writing";

/** Refuses a folder that holds something else than an earlier evaluation (or the like), before any work. Throws `InputError`. */
export async function requireOwnFolder(folder: string, { file, kind } = evaluation): Promise<void> {
  const all = await readdir(folder).catch((error: unknown): string[] => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new InputError(
      `${folder} cannot be used (${error instanceof Error ? error.message : error}). Choose another folder with \`out\`.`,
    );
  });
  const entries = all.filter((name) => !name.endsWith(".writing"));
  if (entries.length === 0 || all.includes(unfinished)) return;
  const results = await readPlainFile(join(folder, file)).then(decodeText, () => "");
  if (results.slice(0, 200).includes(`"kind": "${kind}"`)) return;
  const some = entries.slice(0, 3).join(", ") + (entries.length > 3 ? ", …" : "");
  throw new InputError(`${folder} holds files (${some}) but no ${kind}. Choose a new or an empty folder with \`out\`.`);
}

/**
 * Puts everything of a store into a folder, each file whole or not at all, the results last; pictures that an earlier time
 * left go. Where the disk does not take it, `InputError` says so; what is there by then does not stand in the way of
 * another try.
 */
export async function writeFolder(from: RunStore, folder: string, { file } = evaluation): Promise<void> {
  const to = await folderStore(folder);
  const marker = join(folder, unfinished);
  try {
    for (const entry of await readdir(folder, { recursive: true })) {
      if (entry.endsWith(".writing") && entry !== unfinished) await rm(join(folder, entry), { force: true });
    }
    await writeFile(marker, "");
    const paths = await from.list("");
    await to.remove("pictures");
    const last = (path: string) => Number(path === file);
    for (const path of paths.toSorted((a, b) => last(a) - last(b))) {
      const content = await from.read(path);
      if (content) await to.write(path, content);
    }
    await rm(marker, { force: true });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${folder} cannot be written (${error instanceof Error ? error.message : error}). Free some space there, or choose another folder with \`out\`; then run the same command again.`,
    );
  }
}
