/** One published file of a data set. */
export interface DataFile {
  /** Where it lies in the folder of the data set. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
}

/** Public images with masks, pinned file by file. */
export interface DataSet {
  readonly id: string;
  readonly summary: string;
  readonly licence: string;
  /** The publication to cite where the images are used. */
  readonly citation: string;
  readonly files: readonly DataFile[];
  /** `owner/repository/commit/path` on GitHub of one of the files. */
  source(path: string): string;
}

/** Reads lines of `sha256 bytes path`. */
export function checksums([lines = ""]: TemplateStringsArray): DataFile[] {
  return [...lines.matchAll(/^(\w{64}) (\d+) (.+)$/gm)].map(([, sha256 = "", bytes, path = ""]) => ({
    path,
    bytes: Number(bytes),
    sha256,
  }));
}
