import { type ByteSource, type ImagePage, InputError, type PaletteColor, type PixelSize } from "@em-stellar/core";
import { readDescription, type StackDescription } from "./description.js";
import type { Directory } from "./directory.js";
import type { PlanesReading } from "./planes.js";
import { tags } from "./tags.js";
import { damagedTiff } from "./tiff-errors.js";

/** One image of a TIFF: what its header says, and where its pixels are described. */
export interface TiffPage {
  readonly facts: ImagePage;
  readonly directory: Directory;
  /** Which of several planes that share a directory, from 0. */
  readonly plane: number;
  /** How these planes are stored: not at all, as the depth of a volume, one after another behind the first, or as colours. */
  readonly planes: "one" | "depth" | "behind" | "channels";
}

/** Longest text of a field that is looked at: sizes stand near the start of an OME-XML, which may have some megabytes. */
const mostText = 2 ** 22;

/**
 * The images that the directories of a file describe, previews and transparency masks left out. One directory may describe a
 * whole stack. Throws `InputError` where fewer images are there than the file says, or where channels are stored as pages.
 */
export async function tiffPages(
  source: ByteSource,
  directories: readonly Directory[],
  reading: PlanesReading,
): Promise<TiffPage[]> {
  const { name } = source;
  const images = await onlyImages(name, directories);
  const [first] = images as [Directory]; // a file without an image was refused
  const software = await first.text(tags.software, 200);
  const described = readDescription(await first.text(tags.description, mostText), {
    width: await first.number(tags.width, 0),
    height: await first.number(tags.height, 0),
    samples: await first.number(tags.samplesPerPixel, 1),
  });
  if (described) refuseChannels(name, described, software);
  const program = software || (described?.version ? `${described.by} ${described.version}` : "");
  const pages: TiffPage[] = [];
  for (const directory of images) {
    const facts = await factsOf(name, pages.length, directory);
    const pixelSize = await pixelSizeOf(directory, described);
    const all = { ...facts, ...(program ? { software: program } : {}), ...(pixelSize ? { pixelSize } : {}) };
    const slices = await colourPlanes(directory);
    if (slices > 1 && reading === "auto" && (software.startsWith("tifffile") || described?.by === "tifffile")) {
      throw slicesOrColours(name, slices);
    }
    if (slices > 1 && reading === "slices") {
      const grey = { ...all, channels: 1, photometric: "black-is-zero" } as const;
      for (let plane = 0; plane < slices; plane++) pages.push({ facts: grey, directory, plane, planes: "channels" });
      continue;
    }
    const { count, planes } = await planesOf(source, directory, images.length, described);
    for (let plane = 0; plane < count; plane++) pages.push({ facts: all, directory, plane, planes });
  }
  const promised = described?.planes ?? 1;
  if (promised > pages.length) {
    throw new InputError(
      `${name} holds ${pages.length} images, but its description by ${described?.by} says ${promised}: it was cut off, or saved by a program that kept the description of a larger stack. Export it again; if ${pages.length} is right, save it without its description.`,
    );
  }
  return pages;
}

/** Planes of an image in colours each of which is stored by itself; 1 where a pixel's colours stand together, or there are none. */
async function colourPlanes(directory: Directory): Promise<number> {
  const isApart = (await directory.number(tags.planarConfiguration, 1)) === 2;
  const isColours = (await directory.number(tags.photometric, 1)) === 2;
  return isApart && isColours ? directory.number(tags.samplesPerPixel, 1) : 1;
}

function slicesOrColours(name: string, planes: number): InputError {
  return new InputError(
    `${name} has ${planes} planes marked as red, green and blue. tifffile, which wrote it, marks any stack of 3 or 4 slices like that. Say what they are: \`planes: slices\` or \`planes: colours\`. Or write the stack again with photometric="minisblack".`,
  );
}

/** Without previews (of reduced size) and transparency masks; a file's only image may be called either. */
async function onlyImages(name: string, directories: readonly Directory[]): Promise<Directory[]> {
  const images: Directory[] = [];
  for (const directory of directories) {
    const kind = await directory.number(tags.newSubfileType, 0);
    const oldKind = directory.has(tags.newSubfileType) ? 1 : await directory.number(tags.subfileType, 1);
    if ((kind & 5) === 0 && oldKind !== 2) images.push(directory);
  }
  if (images.length > 0) return images;
  const [only, ...others] = directories;
  if (only && others.length === 0 && !only.has(tags.subDirectories)) return [only];
  throw new InputError(
    `${name} is a TIFF of which every page (${directories.length}) is marked as a preview: the image itself is stored where it is not read here, as raw images of cameras are. Save the image as a separate TIFF.`,
  );
}

function refuseChannels(name: string, { by, channels = 1, planes = 1 }: StackDescription, software: string): void {
  if (channels < 2) return;
  // Unless it is told what the axes of an array are, tifffile calls the slices of any stack channels.
  if (channels === planes && by !== "tifffile" && software.startsWith("tifffile")) return;
  throw new InputError(
    `${name} holds ${channels} channels${planes > channels ? ` of ${planes / channels} slices` : ""} (so its description by ${by} says), and channels are not slices. Save the channel that you need as a separate file (in Fiji: Image ▸ Color ▸ Split Channels).`,
  );
}

async function factsOf(name: string, index: number, directory: Directory): Promise<ImagePage> {
  const width = await directory.number(tags.width, 0);
  const height = await directory.number(tags.height, 0);
  if (!(width > 0 && height > 0)) throw damagedTiff(name, `page ${index + 1} is ${width} × ${height} pixels`);
  const bits = await directory.number(tags.bitsPerSample, 1);
  const sampleFormat = await directory.number(tags.sampleFormat, 1);
  const sampleType = sampleFormat === 2 ? "int" : sampleFormat === 3 ? "float" : "uint";
  const kind = await directory.number(tags.photometric, 1);
  const photometric = (["white-is-zero", "black-is-zero", "rgb", "palette"] as const)[kind] ?? "black-is-zero";
  return {
    width,
    height,
    channels: photometric === "rgb" ? 3 : 1,
    bits,
    sampleType,
    photometric,
    // Others than small whole numbers are left as they are stored by libtiff's users and tifffile alike.
    isInverted: photometric === "white-is-zero" && sampleType === "uint" && bits <= 16,
    ...(photometric === "palette" ? { palette: await paletteOf(name, directory, bits) } : {}),
  };
}

async function paletteOf(name: string, directory: Directory, bits: number): Promise<PaletteColor[]> {
  const colours = 2 ** Math.min(bits, 16);
  const given = directory.count(tags.colorMap);
  if (given !== 3 * colours) throw damagedTiff(name, `its palette has ${given} values instead of ${3 * colours}`);
  const map = await directory.numbers(tags.colorMap, 3 * colours);
  // Of 16 bits, which some writers scale by 256, some by 257; old ones left 8 bits in them, as libtiff finds by the same look.
  const shift = map.every((value) => value < 256) ? 0 : 8;
  return Array.from({ length: colours }, (_, i): PaletteColor => {
    const [red, green, blue] = [map[i], map[colours + i], map[2 * colours + i]] as [number, number, number]; // so many were read
    return [red >> shift, green >> shift, blue >> shift];
  });
}

async function pixelSizeOf(
  directory: Directory,
  described: StackDescription | undefined,
): Promise<PixelSize | undefined> {
  const said = described?.pixelSize;
  if (said?.x !== undefined && said.y !== undefined && said.unit)
    return { x: said.x, y: said.y, ...said, unit: said.unit };
  const [across, down] = [await directory.ratio(tags.xResolution), await directory.ratio(tags.yResolution)];
  if (!across || !down) return undefined;
  const code = await directory.number(tags.resolutionUnit, 2);
  const unit = said?.unit ?? (code === 2 ? "inch" : code === 3 ? "cm" : undefined);
  if (!unit || unit === "pixel" || unit === "pixels") return undefined;
  return { x: 1 / across, y: 1 / down, ...(said?.z === undefined ? {} : { z: said.z }), unit };
}

/** How many images a directory describes, and how they are stored. */
async function planesOf(
  source: ByteSource,
  directory: Directory,
  directories: number,
  described: StackDescription | undefined,
): Promise<{ count: number; planes: TiffPage["planes"] }> {
  const depth = await directory.number(tags.imageDepth, 1);
  const pieces = directory.count(directory.has(tags.tileOffsets) ? tags.tileOffsets : tags.stripOffsets);
  if (depth > pieces) throw damagedTiff(source.name, `${pieces} pieces of an image of ${depth} planes are there`);
  if (depth > 1) return { count: depth, planes: "depth" };
  const ofMetaMorph = directory.count(tags.metaMorphPlanes);
  const ofDescription = directories === 1 && described?.isContiguous ? (described.planes ?? 1) : 1;
  const count = Math.max(ofMetaMorph, ofDescription);
  if (count < 2) return { count: 1, planes: "one" };
  const offsets = await directory.numbers(tags.stripOffsets, 1);
  const start = offsets[0] ?? source.size;
  const bytes = await planeBytes(directory);
  const compression = await directory.number(tags.compression, 1);
  const there = compression === 1 ? Math.floor((source.size - start) / bytes) : 1;
  if (there < count) {
    const by = ofMetaMorph > 1 ? "MetaMorph" : described?.by;
    throw new InputError(
      `${source.name} is a stack by ${by} of ${count} images behind one description, but ${there === 1 ? "only one image is" : `only ${Math.max(0, there)} are`} stored there. Export it again, as a stack of pages; if it is one image, save it without its description.`,
    );
  }
  return { count, planes: "behind" };
}

/** Bytes of an uncompressed image. */
async function planeBytes(directory: Directory): Promise<number> {
  const [width, height] = [await directory.number(tags.width, 0), await directory.number(tags.height, 0)];
  const [bits, samples] = [
    await directory.number(tags.bitsPerSample, 1),
    await directory.number(tags.samplesPerPixel, 1),
  ];
  return Math.ceil((width * samples * bits) / 8) * height;
}
