export { cardiac } from "./cardiac.js";
export { checksums, type DataFile, type DataSet } from "./data-set.js";
export { type DownloadOptions, download } from "./download.js";
export { lateralHabenula } from "./lateral-habenula.js";
