import type { ByteSource, ImageFormat } from "@em-stellar/core";
import type { NamedFile } from "../pairing.js";

/** Where a data source finds its files: on a disk, or among those that a page was given. */
export interface ImageFiles {
  /**
   * Image files of a folder, or those that match a pattern: `*` and `?` within a name, `**` for any folders between. A file's
   * name is what the pattern left open, without extension. Throws `InputError`, which calls the pattern's option by its name,
   * where nothing is found.
   */
  find(
    pattern: string,
    folder: string | undefined,
    option: string,
    formats: readonly ImageFormat[],
  ): Promise<NamedFile[]>;
  /** Where a file lies whose path starts from a folder. */
  locate(path: string, folder: string | undefined): string;
  /** The bytes of a file that was located; `name` is what messages call it. Throws `InputError` where it cannot be read. */
  source(file: string, name: string): Promise<ByteSource>;
  /** The first captured group of a regular expression, or its whole match; undefined where it does not match. */
  match(expression: string, text: string): string | undefined;
}
