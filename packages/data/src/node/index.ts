export { fileSource } from "./file-source.js";
export { type ImageFolderOptions, imageFolder } from "./image-folder.js";
export {
  createImageReader,
  findPages,
  type ImagePlace,
  type ImageReader,
  imageReaderOf,
  readPage,
} from "./image-pages.js";
export { openImageSet, openMethods } from "./image-set.js";
export { type ImageStackOptions, imageStack } from "./image-stack.js";
export { listFolder, nothingIn, shown } from "./list-folder.js";
export { type FolderContent, lookIntoFolder } from "./look-into-folder.js";
export { plugin as default } from "./plugin.js";
