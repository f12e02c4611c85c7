import { resolve } from "node:path";
import type { ImageFiles } from "../sources/image-files.js";
import { fileSource } from "./file-source.js";
import { findFiles } from "./find-files.js";
import { matchInTime } from "./match-in-time.js";

/** The files of this machine. */
export const diskFiles: ImageFiles = {
  find: findFiles,
  locate: (path, folder) => resolve(folder ?? "", path),
  source: fileSource,
  match: matchInTime,
};
