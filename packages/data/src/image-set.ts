import type { Shown } from "./masks/shown.js";

/** Where one image lies, and what its header says of it; a plain value, which may be sent to a worker. */
export interface Place {
  /** For messages: `stack.tif (page 3)`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly shown?: Shown;
}

/** Images that belong together, in order: those of a truth, of one method or of the microscope. */
export interface ImageSet<P extends Place = Place> {
  /** The folder's or file's own name, without extension. */
  readonly name: string;
  /** As messages show it. */
  readonly path: string;
  /** Pages of one TIFF, which have no names of their own. */
  readonly isStack: boolean;
  readonly images: readonly NamedImage<P>[];
}

/** An image of a set. */
export interface NamedImage<P extends Place = Place> {
  /** The file's name without extension; of a stack, `slice-007`. */
  readonly id: string;
  readonly place: P;
}
