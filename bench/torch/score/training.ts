/** One training from a seed: what came of it, and what it cost. */
export interface Training {
  readonly seed: number;
  /** Over all pixels of the test images. */
  readonly jaccard: number;
  /** The mean of all steps. */
  readonly loss: number;
  /** Of the steps, without reading and testing. */
  readonly seconds: number;
  /** Of the processor, for the same; all threads together. */
  readonly processorSeconds: number;
}
