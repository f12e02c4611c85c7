/** An object of an image, in pixels; places count from the upper left pixel, which is at 0, 0. */
export interface ImageObject {
  /** From 1. */
  readonly number: number;
  readonly area: number;
  /** The mean place of its pixels. */
  readonly x: number;
  readonly y: number;
  /** The columns and rows that it reaches over: the first, and how many. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly perimeter: number;
  readonly equivalentDiameter: number;
  /** Mean probability of its pixels. */
  readonly mean: number;
  readonly touchesBorder: boolean;
}

/** The objects of an image. */
export interface ImageObjects {
  readonly objects: readonly ImageObject[];
  /** The object of each pixel of some rows, 0 in the background. */
  labelRows(first: number, count: number): Int32Array;
}

/** What finds objects in a mask that comes row by row: `measureObjects` of @em-stellar/metrics, which this package does not import. */
export type MeasureObjects = (
  width: number,
  height: number,
  options: { readonly minimumSize: number },
) => {
  add(mask: Uint8Array, values: ArrayLike<number>): void;
  end(): ImageObjects;
};
