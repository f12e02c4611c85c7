import type { ImageFormat } from "@em-stellar/core";
import { png } from "../png/png-format.js";
import { tiff } from "../tiff/tiff-format.js";

/** The formats of this package: what is read where no registry names others. */
export const imageFormats: readonly ImageFormat[] = [png(), tiff()];
