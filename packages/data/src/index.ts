export type { DecodedImage, PaletteColor } from "@em-stellar/core";
export { type MaskShare, requireBothClasses } from "./both-classes.js";
export { decodeImage } from "./decode-image.js";
export { findImageSet, findMethods, type SetPlaces } from "./find-sets.js";
export { type FolderListing, isHidden, listEntries } from "./folder-listing.js";
export { type Fold, type FoldOptions, type FoldSample, splitFolds } from "./folds.js";
export { type BlobLike, blobSource, bytesSource } from "./formats/byte-sources.js";
export { imageFormats } from "./formats/image-formats.js";
export { largestImage } from "./formats/largest-image.js";
export { openImageFile } from "./formats/open-image-file.js";
export { pageName } from "./formats/page-name.js";
export { toGrey, toRaster } from "./grey.js";
export type { ImageSet, NamedImage, Place } from "./image-set.js";
export { guessLayout, type Layout, type LayoutFile, type LayoutGuess } from "./layout.js";
export { decideMasks, type MaskDecision, type MaskRule, readMask, type StoredMask } from "./mask-rule.js";
export { decideValues, type ValueDecision } from "./masks/decide-values.js";
export { type Shown, shownOf } from "./masks/shown.js";
export { type StoredValues, storedValues } from "./masks/stored-values.js";
export { takeCensus, type ValueCensus } from "./masks/value-census.js";
export { type OptionSpelling, type Polarity, plainValues, type ValueOptions } from "./masks/value-options.js";
export { readValues, type ValueReading } from "./masks/value-reading.js";
export type { ValueSet } from "./masks/value-set.js";
export {
  contradictions,
  isComplete,
  type MatchedBy,
  matchNames,
  matchNumbers,
  matchNumbersInPart,
  type NameMatch,
} from "./match-names.js";
export { naturalOrder } from "./natural-order.js";
export { findNearDuplicates, type NearDuplicate, type Thumbnail, thumbnailOf } from "./near-duplicates.js";
export {
  type Normalization,
  type NormalizationOptions,
  normalizationOf,
  normalizationOfMany,
} from "./normalization.js";
export {
  groupOfNumber,
  type NumberRange,
  noRanges,
  partOf,
  type RangeOptions,
  rangesProblem,
} from "./number-ranges.js";
export { cropBack, cropReflect, type Frame, frameOf, type PaddedImage, padReflect } from "./padding.js";
export { type NamedFile, type Pair, pairByName } from "./pairing.js";
export { cropMask, cropPatch, drawPatch, foregroundIndex, tiles } from "./patches.js";
export { drawPhantom, type Phantom, type PhantomStyle } from "./phantom/draw-phantom.js";
export { type PhantomOptions, phantom } from "./phantom/phantom.js";
export { plugin as default } from "./plugin.js";
export { encodePng, probabilityPng, readProbabilityPng } from "./png/png.js";
export { createPngEncoder } from "./png/png-encoder.js";
export { png } from "./png/png-format.js";
export { type Contrast, contrastOf, previewOf } from "./preview.js";
export { toUint16 } from "./probability.js";
export type { RowEncoder } from "./row-encoder.js";
export type { ImageFiles } from "./sources/image-files.js";
export { type ImageFolderOptions, imageFolderOf } from "./sources/image-folder.js";
export { type ImagePlace, type ImageReader, imageReader } from "./sources/image-reader.js";
export { type ImageStackOptions, imageStackOf } from "./sources/image-stack.js";
export { listedFiles } from "./sources/listed-files.js";
export type { PlanesOptions, PlanesReading } from "./tiff/planes.js";
export { createTiffEncoder } from "./tiff/tiff-encoder.js";
export { tiff } from "./tiff/tiff-format.js";
export {
  type PlaceToUnderstand,
  type Said,
  type Stage,
  type Understanding,
  understandFiles,
} from "./understanding/understand-files.js";
export { type ImageRange, isOnAnotherScale, joinedRange } from "./value-range.js";
