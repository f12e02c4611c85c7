import type { ValueOptions } from "@em-stellar/data";
import type { PairedBy, Positive } from "@em-stellar/evaluation";

export interface EvaluateOptions {
  /** What the report is called. */
  readonly name: string;
  /** Folder of images, or a TIFF stack. */
  readonly truth: string;
  /** Folder of methods, or the images of one method, or a TIFF stack. */
  readonly predictions: string;
  /** Images of the microscope, shown under the masks; `null`: none. */
  readonly images: string | null;
  readonly out: string;
  readonly positive: Positive;
  /** A pixel is called object where its probability is above it. */
  readonly threshold: number;
  /** Ids; `null`: all. */
  readonly metrics: readonly string[] | null;
  /** Name of the score that orders the methods; `null`: Jaccard, or the first. */
  readonly rankBy: string | null;
  readonly pair: PairedBy | "auto";
  readonly truthValues: ValueOptions;
  readonly values: ValueOptions;
  /** Threads at a time. */
  readonly workers: number;
  /** What repeats this evaluation, for the record. */
  readonly command: string;
}
