import { InputError, type RunStore } from "@em-stellar/core";
import type { GivenFile } from "../files/given-file.js";

/** Files that the user gave, as a store to read from. */
export function givenStore(files: readonly GivenFile[], location: string): Pick<RunStore, "location" | "read"> {
  const byPath = new Map(files.map(({ path, content }) => [path, content]));
  return {
    location,
    async read(path) {
      const content = byPath.get(path);
      try {
        return content && new Uint8Array(await content.arrayBuffer());
      } catch (error) {
        throw new InputError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
      }
    },
  };
}

/** The folder of the only model among some files. Throws `InputError` where there is none, or more than one. */
export function modelFolderOf(files: readonly GivenFile[]): string {
  const found = files.map(({ path }) => path).filter((path) => path === "model.json" || path.endsWith("/model.json"));
  const [first] = found;
  if (first === undefined) {
    const some = files.slice(0, 3).map(({ path }) => path);
    throw new InputError(
      `There is no model.json among these files (${some.join(", ")}${files.length > 3 ? ", …" : ""}). Choose the folder of a checkpoint: model.json, its weights and segmentation.json.`,
    );
  }
  if (found.length > 1) {
    throw new InputError(
      `There are ${found.length} models among these files: ${found.slice(0, 3).join(", ")}. Choose the folder of one of them.`,
    );
  }
  return first.slice(0, Math.max(0, first.length - "/model.json".length));
}
