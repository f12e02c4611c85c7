import { encodeText, hashBytes, InputError, parseJson } from "@em-stellar/core";
import { unzipSync, zipSync } from "fflate";
import * as z from "zod";

/** What is taken from a file at most, so that one that was made to do harm does none. */
export interface ArchiveLimits {
  /** Bytes of all files together, once they are unpacked. */
  readonly bytes: number;
  readonly files: number;
}

const usualLimits: ArchiveLimits = { bytes: 2 ** 31, files: 100_000 };

/** The name of the list of an archive's files in it. */
const listName = "em-stellar-project.json";

const listSchema = z.object({
  format: z.literal("em-stellar-project"),
  version: z.literal(1),
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

/**
 * A zip file that holds files by their paths, with a list of their checksums. Files are stored as they are: images and weights
 * are hardly smaller compressed.
 */
export async function packArchive(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const checksums: Record<string, string> = {};
  for (const [path, content] of files) {
    requirePath(path, "A project");
    checksums[path] = await hashBytes(content);
  }
  const list = { format: "em-stellar-project", version: 1, files: checksums } satisfies z.infer<typeof listSchema>;
  const entries = [[listName, encodeText(JSON.stringify(list))] as const, ...files];
  // A date of its own would make two files of the same project differ.
  return zipSync(Object.fromEntries(entries), { level: 0, mtime: "1980-01-01T00:00:00" });
}

/**
 * The files of an archive by their paths. Throws `InputError`, which calls the archive `name`, for anything but what
 * {@link packArchive} writes: no zip file, no list, files that are missing, changed or not in the list, paths that lead
 * elsewhere, and more than the limits allow.
 */
export async function unpackArchive(
  bytes: Uint8Array,
  name: string,
  limits: ArchiveLimits = usualLimits,
): Promise<Map<string, Uint8Array>> {
  const entries = unzip(bytes, name, limits);
  const written = entries.get(listName);
  if (!written)
    throw new InputError(`${name} is a zip file, but no project that the studio saved: it lacks ${listName}.`);
  const parsed = listSchema.safeParse(parseJson(written, `${name}/${listName}`));
  if (!parsed.success) {
    throw new InputError(
      `${name} cannot be opened: its list of files is damaged, or of a later version. Open it with a newer studio, or save the project again.`,
    );
  }
  entries.delete(listName);
  const listed = Object.entries(parsed.data.files);
  const extra = [...entries.keys()].find((path) => !Object.hasOwn(parsed.data.files, path));
  if (extra !== undefined) throw new InputError(`${name} holds ${extra}, which its own list of files lacks. ${again}`);
  const files = new Map<string, Uint8Array>();
  for (const [path, checksum] of listed) {
    const content = entries.get(path);
    if (!content) throw new InputError(`${name} lacks ${path}. ${again}`);
    if ((await hashBytes(content)) !== checksum) {
      throw new InputError(`${name} is damaged: ${path} is not as it was saved. ${again}`);
    }
    files.set(path, content);
  }
  return files;
}

const again = "Copy or save it again.";

function unzip(bytes: Uint8Array, name: string, limits: ArchiveLimits): Map<string, Uint8Array> {
  let total = 0;
  let count = 0;
  const seen = new Set<string>();
  const accept = ({ name: path, size, originalSize }: { name: string; size: number; originalSize: number }) => {
    requirePath(path, name);
    // Folders of other systems take two such names for one.
    const folded = path.toLowerCase().normalize();
    if (seen.has(folded)) throw new InputError(`${name} holds ${path} twice. ${again}`);
    seen.add(folded);
    total += Math.max(size, originalSize);
    count += 1;
    if (total > limits.bytes || count > limits.files) {
      throw new InputError(
        `${name} unpacks to more than ${limits.bytes} bytes or ${limits.files} files, which is more than the studio takes.`,
      );
    }
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter: accept })));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new InputError(`${name} is no zip file, or a damaged one (${problem}). ${again}`);
  }
}

const longestPath = 512;

/** Throws `InputError` for a path that some system would take for a place outside of a folder, or for no file. */
function requirePath(path: string, name: string): void {
  const parts = path.split("/");
  const isPlain = parts.every(
    (part) => part !== "" && part !== "." && part !== ".." && !/[\p{Cc}\\:*?"<>|]/u.test(part),
  );
  if (isPlain && path.length <= longestPath && path !== "__proto__") return;
  throw new InputError(`${name} holds a file called ${JSON.stringify(path.slice(0, 100))}, which no project may hold.`);
}
