import type { AnyFactory, Component, Definition, Factory } from "./component.js";
import { defineComponent } from "./options.js";
import type { RasterData } from "./raster.js";
import type { AnyRegistry } from "./registry.js";

/** Bytes that are read on request: a file on a disk, a file that a page was given, or bytes in memory. */
export interface ByteSource {
  /** What messages call it: `train/stack.tif`. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset` on. Throws `InputError` where the source ends before or cannot be read. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Red, green and blue, 0 to 255. */
export type PaletteColor = readonly [red: number, green: number, blue: number];

/** Numbers as files store them; whole ones of more than 16 bits stay whole where 32-bit floats would make different ones equal, as labels may be. */
export type StoredData = RasterData | Uint32Array;

/** An image as its file stores it: grey (1 channel), RGB (3 channels) or indices into a palette (1 channel). */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** `height × width × channels` values, rows from top to bottom. */
  readonly data: StoredData;
  /** The largest value that the file's number type can hold; 1 for floats. */
  readonly fullRange: number;
  /** The colour of each index, where the values are indices. */
  readonly palette?: readonly PaletteColor[];
}

/** The size of a pixel, and the distance of slices, as a file states them. */
export interface PixelSize {
  readonly x: number;
  readonly y: number;
  /** Distance between the pages of a stack. */
  readonly z?: number;
  /** `nm`, `µm`, `mm`, `cm` or `inch`; other units as the file spells them. */
  readonly unit: string;
}

/** What a file's header says of one image. */
export interface ImagePage {
  readonly width: number;
  readonly height: number;
  /** Of what `read` gives: 1 for grey and for indices into a palette, 3 for RGB. */
  readonly channels: number;
  /** Bits of a stored sample: 1 to 64. */
  readonly bits: number;
  readonly sampleType: "uint" | "int" | "float";
  /** What the file says its values are: greys (0 is black, or 0 is white), RGB, or indices into a palette. */
  readonly photometric: "black-is-zero" | "white-is-zero" | "rgb" | "palette";
  /** `read` gives `fullRange - stored`, because the file says that 0 is white. Floats and 32-bit numbers stay as they are stored. */
  readonly isInverted: boolean;
  /** The colour of each index. */
  readonly palette?: readonly PaletteColor[];
  /** The program that wrote the file, in its own words: `tifffile.py`, `ImageJ 1.54f`. */
  readonly software?: string;
  readonly pixelSize?: PixelSize;
}

/** A part of an image, in pixels from its upper left corner. */
export interface ImageWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An image file of which the header has been read: what it holds is known, its pixels are decoded on request. */
export interface ImageFile {
  /** The images of the file, in order; one at least. */
  readonly pages: readonly ImagePage[];
  /** The pixels of a page, counted from 0, or of a part of it. Throws `InputError` where they cannot be decoded. */
  read(page: number, window?: ImageWindow): Promise<DecodedImage>;
}

/** A way to store images in files, such as PNG. */
export interface ImageFormat<Id extends string = string> extends Component<"format", Id> {
  /** Of its files' names, in lower case, without a dot: `["tif", "tiff"]`. Folders are searched for them. */
  readonly extensions: readonly string[];
  /** Whether a file is of this format, from its first 64 bytes (all of them where it is shorter). */
  recognise(head: Uint8Array): boolean;
  /** Reads the header. Throws `InputError`, which names the source, where it is damaged or not supported. */
  open(source: ByteSource): Promise<ImageFile>;
}

export interface ImageFormatDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly extensions: readonly string[];
  readonly recognise: (head: Uint8Array) => boolean;
  readonly open: (source: ByteSource, options: Options) => Promise<ImageFile>;
}

/** Declares an image format. */
export function defineImageFormat<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: ImageFormatDefinition<Id, Defaults, Options>,
): Factory<ImageFormat<Id>, Options> {
  const { extensions, recognise } = definition;
  return defineComponent("format", definition, (options) => ({
    extensions,
    recognise,
    open: (source: ByteSource) => definition.open(source, options),
  }));
}

/** Every image format that a registry knows, in the order of its plugins. */
export function imageFormatsOf(registry: AnyRegistry): readonly ImageFormat[] {
  const factories: readonly AnyFactory<ImageFormat>[] = registry.list("format");
  return factories.map((format) => format());
}
