import { basename, join } from "node:path";
import { EmStellarError, type PixelSize, type Raster } from "@em-stellar/core";
import { createPngEncoder, createTiffEncoder, type RowEncoder, toUint16 } from "@em-stellar/data";
import { maskRows } from "../../prediction/mask-rows.js";
import { type LengthUnit, objectTableHeader, objectTableRows } from "../../prediction/object-tables.js";
import type { ImageObjects } from "../../prediction/object-tools.js";
import { overlayRows } from "../../prediction/overlay.js";
import type { NanometreSize } from "../../prediction/pixel-size.js";
import type { Strip } from "../../prediction/predict-image.js";
import { scaleBarOf } from "../../prediction/scale-bar.js";
import { type AtomicFile, openAtomicFile } from "./atomic-file.js";
import type { InputFile } from "./inputs.js";
import type { OutputFile, OutputForm } from "./output-files.js";
import type { Checksums } from "./stored-outputs.js";
import { tableBytes } from "./tables.js";

/** What is known of a page once it is predicted as a whole. */
export interface PredictedPage {
  readonly image: Raster;
  readonly objects: ImageObjects;
}

/** How large a pixel of an input is. */
export interface PhysicalSize {
  /** As it is written into TIFFs; `null`: not known. */
  readonly stored: PixelSize | null;
  /** For tables and scale bars; undefined where it is not known, or is that of a print. */
  readonly nanometres: NanometreSize | undefined;
  /** Of the tables. */
  readonly unit: LengthUnit;
}

/** Writes the files of one input while its pages are predicted, in order. */
export interface OutputWriter {
  /** Takes the next rows of a page. */
  add(page: number, strip: Strip): Promise<void>;
  /**
   * Draws what needs the whole page, which is undefined where nothing does, and gives the files that end with it their names.
   * Returns the checksums of these files.
   */
  endPage(page: number, predicted: PredictedPage | undefined): Promise<Checksums>;
  /** Removes what is unfinished. */
  abandon(): Promise<void>;
}

interface OpenFile extends Encoder {
  readonly file: AtomicFile;
}

/** What a file is made of: rows as they are predicted, or whole pages. */
interface Encoder {
  readonly strip?: (strip: Strip) => Uint8Array[];
  readonly page?: (page: number, predicted: PredictedPage) => Iterable<Uint8Array[]>;
  readonly end: () => Uint8Array[];
}

/** Opens a writer of some files of an input in the output folder. */
export function openOutputs(
  input: InputFile,
  files: readonly OutputFile[],
  form: OutputForm,
  size: PhysicalSize,
  folder: string,
): OutputWriter {
  const open = new Map<OutputFile, OpenFile>();
  const fileOf = async (output: OutputFile): Promise<OpenFile> => {
    const found = open.get(output);
    if (found) return found;
    const opened = { file: await openAtomicFile(join(folder, output.path)), ...encoderOf(input, output, form, size) };
    open.set(output, opened);
    return opened;
  };
  return {
    async add(page, strip) {
      for (const output of files.filter(({ pages }) => pages.includes(page))) {
        const { file, strip: encode } = await fileOf(output);
        if (encode) await file.write(encode(strip));
      }
    },
    async endPage(page, predicted) {
      const checksums: Record<string, string> = {};
      for (const output of files.filter(({ pages }) => pages.includes(page))) {
        const { file, page: draw, end } = await fileOf(output);
        if (draw && predicted) for (const parts of draw(page, predicted)) await file.write(parts);
        if (output.pages.at(-1) !== page) continue;
        await file.write(end());
        checksums[output.path] = await file.finish();
        open.delete(output);
      }
      return checksums;
    },
    async abandon() {
      for (const { file } of open.values()) await file.abandon();
      open.clear();
    },
  };
}

function encoderOf(input: InputFile, output: OutputFile, form: OutputForm, size: PhysicalSize): Encoder {
  const { format, bits, threshold } = form;
  const { kind } = output;
  const sizes = output.pages.map((page) => input.pages[page] as InputFile["pages"][number]); // numbers of its pages
  const [{ width, height }] = sizes as [(typeof sizes)[number]]; // there is one at least
  const ofStrips = <Rows extends Uint8Array | Uint16Array | Float32Array>(
    encoder: RowEncoder<Rows>,
    rowsOfStrip: (strip: Strip) => Rows,
  ): Encoder => ({ strip: (strip) => encoder.add(rowsOfStrip(strip)), end: () => encoder.end() });
  const pixelSize = { pixelSize: size.stored };
  const sixteen = () =>
    format === "tiff" ? createTiffEncoder(sizes, 16, pixelSize) : createPngEncoder({ width, height, bits: 16 });

  if (kind === "objects" || kind === "images") {
    const rows = [objectTableHeader(kind, size.unit)];
    return {
      page(page, { objects: { objects } }) {
        const { width, height } = input.pages[page] as InputFile["pages"][number]; // a number of its pages
        const image = { file: basename(input.file), page, width, height, objects };
        rows.push(...objectTableRows(kind, image, size.unit, size.nanometres));
        return [];
      },
      end: () => [tableBytes(rows)],
    };
  }
  if (kind === "overlay") {
    const encoder = createPngEncoder({ width, height, bits: 8, channels: 3 });
    const stamp = size.nanometres && scaleBarOf(width, height, size.nanometres.x);
    return {
      *page(_, { image, objects }) {
        for (const rows of overlayRows(image, objects.labelRows, stamp)) yield encoder.add(rows);
      },
      end: () => encoder.end(),
    };
  }
  if (kind === "labels") {
    const encoder = sixteen();
    return {
      *page(page, { objects }) {
        for (const rows of labelBands(objects, sizes[output.pages.indexOf(page)] ?? { height }))
          yield encoder.add(rows);
      },
      end: () => encoder.end(),
    };
  }
  if (kind === "mask") {
    const encoder =
      format === "tiff" ? createTiffEncoder(sizes, 8, pixelSize) : createPngEncoder({ width, height, bits: 8 });
    return ofStrips(encoder, (strip) => maskRows(strip.data, threshold));
  }
  if (bits === 32) return ofStrips(createTiffEncoder(sizes, 32, pixelSize), ({ data }) => data);
  return ofStrips(sixteen(), ({ data }) => toUint16(data));
}

/** The numbers of an image's objects, some rows at a time. */
function* labelBands({ objects, labelRows }: ImageObjects, { height }: { height: number }): Generator<Uint16Array> {
  if (objects.length > 65535) {
    throw new EmStellarError(
      `There are ${objects.length} objects, but 16 bits number 65535 at most. Leave out specks with \`minArea\`, or write \`output: mask\`.`,
    );
  }
  for (let first = 0; first < height; first += 64) {
    yield Uint16Array.from(labelRows(first, Math.min(64, height - first)));
  }
}
