import {
  type ByteSource,
  type DecodedImage,
  type ImageFile,
  type ImageFormat,
  type ImageWindow,
  InputError,
  type PixelSize,
} from "@em-stellar/core";
import { requireSize } from "../formats/largest-image.js";
import { openImageFile } from "../formats/open-image-file.js";
import { pageName } from "../formats/page-name.js";
import { type Shown, shownOf } from "../masks/shown.js";
import type { PlanesReading } from "../tiff/planes.js";
import { readingPlanes } from "../tiff/reading-planes.js";

/** Where one image lies: a file, or a page of one. A plain value, which may be sent to a worker. */
export interface ImagePlace {
  /** Path of the file: on a disk, absolute. */
  readonly file: string;
  /** For messages: `stack.tif (page 3)`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** From 0. */
  readonly page: number;
  /** What the header says about how the numbers are shown. */
  readonly shown?: Shown;
  readonly pixelSize?: PixelSize;
  /** How its file has to be read, where that was said. */
  readonly planes?: PlanesReading;
}

/** Reads images from files, of which it remembers the headers of those that it read last. */
export interface ImageReader {
  readonly formats: readonly ImageFormat[];
  /** Opens a file of which only the header is read; `name` is what messages call it. Throws `InputError` for what is no image. */
  open(file: string, name?: string): Promise<ImageFile>;
  /** The images of a file: a stack of any length takes no memory. */
  findPages(file: string, name?: string): Promise<ImagePlace[]>;
  /** Decodes an image or a part of it; of a stack, only its own page is read. Throws `InputError` where it cannot be used. */
  readPage(place: ImagePlace, window?: ImageWindow): Promise<DecodedImage>;
}

/** The images of a file, each of which is to be read as a whole. Throws `InputError`, also for one that is too large for that. */
export async function findWholePages(reader: ImageReader, file: string, name = file): Promise<ImagePlace[]> {
  const pages = await reader.findPages(file, name);
  for (const page of pages) requireSize(page.name, page.width, page.height, 1);
  return pages;
}

/** Headers that a reader remembers. */
const filesKept = 8;

/**
 * A reader of these formats; `sourceOf` finds the bytes of a file, which messages call `name`. `planes` says what the planes
 * of TIFFs are that may be slices or colours.
 */
export function imageReader(
  formats: readonly ImageFormat[],
  sourceOf: (file: string, name: string) => Promise<ByteSource>,
  planes: PlanesReading = "auto",
): ImageReader {
  const opened = new Map<string, Promise<ImageFile>>();
  const open = async (file: string, name: string, reading = planes): Promise<ImageFile> => {
    const openedNow = sourceOf(file, name).then((source) => openImageFile(source, readingPlanes(formats, reading)));
    opened.delete(file);
    opened.set(file, openedNow);
    const [oldest] = opened.keys();
    if (opened.size > filesKept && oldest !== undefined) opened.delete(oldest);
    return openedNow;
  };
  return {
    formats,
    open: (file, name = file) => open(file, name),
    async findPages(file, name = file) {
      const { pages } = await open(file, name);
      return pages.map((header, page) => ({
        file,
        name: pageName(name, page, pages.length),
        width: header.width,
        height: header.height,
        page,
        shown: shownOf(header),
        ...(header.pixelSize && { pixelSize: header.pixelSize }),
        ...(planes !== "auto" && { planes }),
      }));
    },
    async readPage({ file, name, width, height, page, planes: reading }, window) {
      const ofPage = pageName("", page, page + 2);
      const image = await (opened.get(file) ??
        open(file, name.endsWith(ofPage) ? name.slice(0, -ofPage.length) : name, reading));
      const now = image.pages[page];
      if (now?.width !== width || now.height !== height) {
        throw new InputError(`${name} was ${width} × ${height} pixels, but has changed since. Start again.`);
      }
      return image.read(page, window);
    },
  };
}
