import { InputError } from "@em-stellar/core";
import type { NormalizationOptions, PlanesReading } from "@em-stellar/data";
import { parsePixelSize } from "../../prediction/pixel-size.js";
import type { OutputForm } from "./output-files.js";

export interface FilePredictionOptions extends Omit<OutputForm, "threshold"> {
  /** Folder of a checkpoint, a job or a run. */
  readonly model: string;
  /** Files and folders. */
  readonly inputs: readonly string[];
  readonly out: string;
  /** `null`: the model's. */
  readonly threshold: number | null;
  /** Side of a pixel with its unit, such as `5nm`; `null`: as the files say. */
  readonly pixelSize: string | null;
  /** Objects of fewer pixels are left out of tables, overlays and labels. */
  readonly minArea: number;
  /** Of the images, where the model does not say; `null`: it does. */
  readonly normalization: NormalizationOptions["method"] | null;
  /** Averages over 8 turned and mirrored images; `null`: where the model was tested so. */
  readonly testTimeAugmentation: boolean | null;
  /** Longest side of a tile in pixels; `null`: as `memory` allows. */
  readonly tile: number | null;
  /** Pixels that tiles share on each side; `null`: as far as the model sees. */
  readonly overlap: number | null;
  /** Bytes that tensors may take; images that need more are cut into tiles. */
  readonly memory: number;
  /**
   * Threads that predict at a time, each with a device of its own that takes `memory`; `null`: one for each processor core where the
   * device is the processor and the images have a million pixels or more, so far as half of the machine's memory goes.
   */
  readonly workers: number | null;
  /** What the planes of TIFFs are that may be slices or colours. */
  readonly planes: PlanesReading;
  /** Removes what earlier predictions left in the folder. */
  readonly fresh: boolean;
}

/** The choices of a prediction that says nothing but what, with which model, and where to. */
export const filePredictionDefaults = {
  output: "probability",
  format: "png",
  bits: 16,
  threshold: null,
  overlay: false,
  objects: false,
  pixelSize: null,
  minArea: 1,
  normalization: null,
  testTimeAugmentation: null,
  tile: null,
  overlap: null,
  memory: 2 ** 30,
  workers: null,
  planes: "auto",
  fresh: false,
} as const satisfies Partial<FilePredictionOptions>;

/** Throws `InputError` for choices that do not go together. */
export function requireForm({
  format,
  bits,
  output,
  overlay,
  objects,
  minArea,
  pixelSize,
}: FilePredictionOptions): void {
  if (pixelSize !== null) parsePixelSize(pixelSize);
  if (minArea > 1 && output !== "labels" && !overlay && !objects) {
    throw new InputError("`minArea` has no effect on this output. Add `objects`, `overlay` or `output: labels`.");
  }
  if (bits !== 32) return;
  if (format === "png") throw new InputError("A PNG has no 32-bit floats. Leave `bits` out, or add `format: tiff`.");
  if (output === "mask") throw new InputError("A mask has 8 bits. Leave `bits` out, or ask for `output: both`.");
  if (output === "labels") throw new InputError("Labels have 16 bits. Leave `bits` out.");
}
