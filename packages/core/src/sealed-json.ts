import { EmStellarError, InputError } from "./errors.js";
import { hashBytes } from "./hash-bytes.js";
import { parseJson } from "./parse-json.js";
import { type RunStore, writeJson } from "./run-store.js";
import { encodeText } from "./text.js";

/** A file of a run or an evaluation that is not as it was written: cut short, or with bits that flipped. */
export class DamagedFileError extends EmStellarError {
  override readonly name = "DamagedFileError";
  /** Its path in the store. */
  readonly path: string;
  /**
   * `place`: what is there is no plain file of the folder, or one that is too large; `form`: it cannot be read as what it should
   * be; `content`: it can, and says something else than was written.
   */
  readonly kind: "place" | "form" | "content";

  constructor(
    location: string,
    path: string,
    problem: string,
    kind: DamagedFileError["kind"] = "content",
    advice = "",
  ) {
    super(`${location}/${path} is damaged: ${problem}.${advice && ` ${advice}`}`);
    this.path = path;
    this.kind = kind;
  }
}

/** What to do where a file is damaged that the end of a run or an evaluation leaves. */
export const makeAgain =
  "Run the command that made it again: it is made again from the stored results. If you changed it yourself, remove its field `checksum`.";

/** Writes an object as JSON with a checksum over the rest as its last field. */
export async function writeSealed(store: RunStore, path: string, value: object): Promise<void> {
  await writeJson(store, path, { ...value, checksum: await checksumOf(value) });
}

/**
 * The object that `writeSealed` wrote, without its checksum; undefined where there is no such file. A file without a checksum
 * is taken as it is: those of older versions have none. Throws {@link DamagedFileError}, whose message ends with `advice`.
 */
export async function readSealed(
  store: Pick<RunStore, "location" | "read">,
  path: string,
  advice = "",
): Promise<object | undefined> {
  const bytes = await store.read(path);
  if (!bytes) return undefined;
  let value: unknown;
  try {
    value = parseJson(bytes, path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new DamagedFileError(store.location, path, "it is not valid JSON", "form", advice);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DamagedFileError(store.location, path, "it is not a JSON object", "form", advice);
  }
  const { checksum, ...rest } = value as { readonly checksum?: unknown };
  if (checksum !== undefined && checksum !== (await checksumOf(rest))) {
    const problem = "its checksum does not match what it holds";
    throw new DamagedFileError(store.location, path, problem, "content", advice);
  }
  return rest;
}

/** JSON that was read is written again in the same form: keys keep their order, numbers their digits. */
async function checksumOf(value: object): Promise<string> {
  return hashBytes(encodeText(JSON.stringify(value)));
}
