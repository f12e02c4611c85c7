import { imageStackOf } from "../sources/image-stack.js";
import { diskFiles } from "./disk-files.js";

/** One multi-page TIFF of slices and one of masks. Colours become grey (ITU-R BT.601 luma). Slices are read when they are needed. */
export const imageStack = imageStackOf(diskFiles);
