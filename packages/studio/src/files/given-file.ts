/** A file that the user gave, with its path from the folder that was dropped or chosen: `train/images/a1.tif`. */
export interface GivenFile {
  readonly path: string;
  readonly content: File;
}
