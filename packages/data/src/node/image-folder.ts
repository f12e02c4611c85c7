import { imageFolderOf } from "../sources/image-folder.js";
import { diskFiles } from "./disk-files.js";

/** PNG or TIFF images and masks, one file each, paired by name. Colours become grey (ITU-R BT.601 luma). */
export const imageFolder = imageFolderOf(diskFiles);
