import { existsSync } from "node:fs";
import { join } from "node:path";
import { binarize } from "@em-stellar/core";
import { createPngEncoder, createTiffEncoder, type RowEncoder, toUint16 } from "@em-stellar/data";
import type { Strip } from "../../prediction/predict-image.js";
import { type AtomicFile, openAtomicFile } from "./atomic-file.js";
import type { InputFile } from "./inputs.js";

/** What is written of a prediction: how likely each pixel is to be object, or which are called so. */
export type Kind = "probability" | "mask";

/** How predictions are written. */
export interface OutputForm {
  readonly output: Kind | "both";
  readonly format: "png" | "tiff";
  /** Of probability maps: 16, or 32 for floats. A mask has 8. */
  readonly bits: 16 | 32;
  /** A pixel of a mask is object above it. */
  readonly threshold: number;
}

/** A file to be written, of one page or of a whole stack. */
export interface OutputFile {
  readonly kind: Kind;
  /** Relative to the output folder. */
  readonly path: string;
  /** Which pages of the input. */
  readonly pages: readonly number[];
}

/** The files of an input's results, those of one page side by side. */
export function outputsOf({ name, pages }: InputFile, { output, format }: OutputForm): OutputFile[] {
  const kinds: readonly Kind[] = output === "both" ? ["probability", "mask"] : [output];
  const digits = Math.max(3, String(pages.length).length);
  return kinds.flatMap((kind): OutputFile[] => {
    const inside = (file: string) => (output === "both" ? `${kind}/${file}` : file);
    const all = pages.map((_, i) => i);
    if (format === "tiff") return [{ kind, path: inside(`${name}.tif`), pages: all }];
    if (pages.length === 1) return [{ kind, path: inside(`${name}.png`), pages: all }];
    return all.map((page) => {
      const slice = String(page + 1).padStart(digits, "0");
      return { kind, path: inside(`${name}/slice-${slice}.png`), pages: [page] };
    });
  });
}

/** Those that are not there yet. */
export function missing(files: readonly OutputFile[], folder: string): OutputFile[] {
  return files.filter(({ path }) => !existsSync(join(folder, path)));
}

/** Writes the files of one input while its pages are predicted, in order. */
export interface OutputWriter {
  /** Takes the next rows of a page. */
  add(page: number, strip: Strip): Promise<void>;
  /** Gives the files that end with this page their names. */
  endPage(page: number): Promise<void>;
  /** Removes what is unfinished. */
  abandon(): Promise<void>;
}

interface OpenFile {
  readonly file: AtomicFile;
  readonly encode: (strip: Strip) => Uint8Array[];
  readonly end: () => Uint8Array[];
}

/** Opens a writer of some files of an input in the output folder. */
export function openOutputs(
  input: InputFile,
  files: readonly OutputFile[],
  form: OutputForm,
  folder: string,
): OutputWriter {
  const open = new Map<OutputFile, OpenFile>();
  const fileOf = async (output: OutputFile): Promise<OpenFile> => {
    const found = open.get(output);
    if (found) return found;
    const opened = { file: await openAtomicFile(join(folder, output.path)), ...encoderOf(input, output, form) };
    open.set(output, opened);
    return opened;
  };
  return {
    async add(page, strip) {
      for (const output of files.filter(({ pages }) => pages.includes(page))) {
        const { file, encode } = await fileOf(output);
        await file.write(encode(strip));
      }
    },
    async endPage(page) {
      for (const output of files.filter(({ pages }) => pages.at(-1) === page)) {
        const { file, end } = await fileOf(output);
        await file.write(end());
        await file.finish();
        open.delete(output);
      }
    },
    async abandon() {
      for (const { file } of open.values()) await file.abandon();
      open.clear();
    },
  };
}

function encoderOf({ pages }: InputFile, output: OutputFile, { format, bits, threshold }: OutputForm) {
  const sizes = output.pages.map((page) => pages[page] as (typeof pages)[number]); // numbers of its pages
  const [{ width, height }] = sizes as [(typeof sizes)[number]]; // there is one at least
  const encoding = <Rows extends Uint8Array | Uint16Array | Float32Array>(
    encoder: RowEncoder<Rows>,
    rowsOf: (strip: Strip) => Rows,
  ) => ({ encode: (strip: Strip) => encoder.add(rowsOf(strip)), end: () => encoder.end() });
  const { pixelSize = null } = pages[0] ?? {};
  if (output.kind === "mask") {
    const encoder =
      format === "tiff" ? createTiffEncoder(sizes, 8, { pixelSize }) : createPngEncoder({ width, height, bits: 8 });
    return encoding(encoder, (strip) => maskOf(strip, threshold));
  }
  if (bits === 32) return encoding(createTiffEncoder(sizes, 32, { pixelSize }), ({ data }) => data);
  const encoder =
    format === "tiff" ? createTiffEncoder(sizes, 16, { pixelSize }) : createPngEncoder({ width, height, bits: 16 });
  return encoding(encoder, ({ data }) => toUint16(data));
}

/** 255 where the probability is above the threshold as it is stored in 16 bits: what a benchmark scores, and what one finds in a stored map. */
function maskOf({ rows, data }: Strip, threshold: number): Uint8Array {
  const map = { width: data.length / rows, height: rows, data: toUint16(data), maximum: 65535 };
  return binarize(map, threshold).map((object) => 255 * object);
}
