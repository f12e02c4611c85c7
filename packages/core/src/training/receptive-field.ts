/**
 * What a pixel of a layer's output is made of along one side: output pixel i of the input pixels from i · stride + first to
 * i · stride + last. A layer that enlarges has a stride below 1: doubling by repetition has stride 1/2, first −1/2, last 0.
 */
export interface PixelWindow {
  readonly stride: number;
  readonly first: number;
  readonly last: number;
}

/** How far a layer sees, the same for all of its inputs. */
export interface ReceptiveField {
  readonly rows: PixelWindow;
  readonly columns: PixelWindow;
}

/**
 * A layer of one's own that says how far it sees. Large images are then predicted in tiles whose results equal those of the
 * whole; with a layer that does not say, or that sees everything, they are predicted whole, or in tiles of a given overlap.
 */
export interface TellsReceptiveField {
  receptiveField(): ReceptiveField;
}

/** Of a layer that makes each pixel of the same pixel of its inputs, such as an activation. */
export const pointwise: ReceptiveField = {
  rows: { stride: 1, first: 0, last: 0 },
  columns: { stride: 1, first: 0, last: 0 },
};
