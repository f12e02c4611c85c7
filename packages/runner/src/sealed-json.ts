import { EmStellarError, encodeText, InputError, parseJson, type RunStore, writeJson } from "@em-stellar/core";
import { hashBytes } from "./hash.js";

/** A file of a run that is not as it was written: cut short, or with bits that flipped. */
export class DamagedFileError extends EmStellarError {
  override readonly name = "DamagedFileError";
  /** Its path in the run folder. */
  readonly path: string;
  /** `form`: it cannot be read at all; `content`: it can, and says something else than was written. */
  readonly kind: "form" | "content";

  constructor(location: string, path: string, problem: string, kind: "form" | "content" = "content") {
    super(`${location}/${path} is damaged: ${problem}.`);
    this.path = path;
    this.kind = kind;
  }
}

/** Writes an object as JSON with a checksum over the rest as its last field. */
export async function writeSealed(store: RunStore, path: string, value: object): Promise<void> {
  await writeJson(store, path, { ...value, checksum: await checksumOf(value) });
}

/**
 * The object that `writeSealed` wrote, without its checksum; undefined where there is no such file. A file without a checksum
 * is taken as it is: those of older versions have none. Throws {@link DamagedFileError}.
 */
export async function readSealed(
  store: Pick<RunStore, "location" | "read">,
  path: string,
): Promise<object | undefined> {
  const bytes = await store.read(path);
  if (!bytes) return undefined;
  let value: unknown;
  try {
    value = parseJson(bytes, path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new DamagedFileError(store.location, path, "it is not valid JSON", "form");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DamagedFileError(store.location, path, "it is not a JSON object", "form");
  }
  const { checksum, ...rest } = value as { readonly checksum?: unknown };
  if (checksum !== undefined && checksum !== (await checksumOf(rest))) {
    throw new DamagedFileError(store.location, path, "its checksum does not match what it holds");
  }
  return rest;
}

/** JSON that was read is written again in the same form: keys keep their order, numbers their digits. */
async function checksumOf(value: object): Promise<string> {
  return hashBytes(encodeText(JSON.stringify(value)));
}
