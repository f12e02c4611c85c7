import type { GivenFile } from "../../files/given-file.js";
import type { Levels } from "../../viewer/levels.js";
import type { Exchange } from "../exchange.js";

/** An image file, of which only the header was read. */
export interface OpenedImage {
  /** As it was given: `new/cell-01.tif`. */
  readonly path: string;
  /** Its last part, without extension. */
  readonly name: string;
  /** Images in it; more than one in a stack. */
  readonly pages: number;
  /** Of the first page. */
  readonly width: number;
  readonly height: number;
  /** Width of a pixel in nanometres, where the header tells; a size that is that of a print does not count. */
  readonly nanometre?: number;
}

/** What could be opened of some files. */
export interface OpenedImages {
  /** Names the set in later questions. */
  readonly set: number;
  readonly images: readonly OpenedImage[];
  /** What is wrong with others, in sentences that name the file. */
  readonly problems: readonly string[];
}

/** A page of an image, counted from 0. */
export interface PagePlace {
  readonly set: number;
  readonly path: string;
  readonly page: number;
}

export interface ImageRequests {
  /** Opens image files; those of other kinds are passed over. */
  readonly "open-images": Exchange<{ readonly files: readonly GivenFile[] }, OpenedImages>;
  /** Forgets a set and what was made of it. */
  readonly "close-images": Exchange<{ readonly set: number }, null>;
  /** Decodes a page, to be looked at. */
  readonly "read-page": Exchange<PagePlace, Levels>;
}
