import { type ImagePlace, toGrey, toRaster } from "@em-stellar/data";
import { inNanometres, isOfPrint } from "@em-stellar/runner";
import { buffersOf, type Levels, levelsOf } from "../../viewer/levels.js";
import { closeSet, openSet, placeOf, setOf } from "../image-sets.js";
import type { ImageRequests, OpenedImage, OpenedImages, PagePlace } from "../requests/images.js";
import { handingOver } from "../transfer.js";

export async function openImages({ files }: ImageRequests["open-images"]["asked"]): Promise<OpenedImages> {
  const { set, problems } = await openSet(files);
  const images = [...setOf(set).files].flatMap(([path, pages]) => describe(path, pages));
  return { set, images, problems };
}

export async function closeImages({ set }: ImageRequests["close-images"]["asked"]): Promise<null> {
  closeSet(set);
  return null;
}

export async function readPage({ set: number, path, page }: PagePlace): Promise<Levels> {
  const set = setOf(number);
  const place = placeOf(set, path, page);
  const decoded = await set.reader.readPage(place);
  const levels = levelsOf(decoded.palette ? toGrey(decoded, place.name) : toRaster(decoded));
  return handingOver(levels, buffersOf(levels));
}

function describe(path: string, pages: readonly ImagePlace[]): OpenedImage[] {
  const [first] = pages;
  if (!first) return [];
  const size = first.pixelSize && inNanometres(first.pixelSize);
  return [
    {
      path,
      name: (path.split("/").at(-1) ?? path).replace(/\.[^.]+$/, ""),
      pages: pages.length,
      width: first.width,
      height: first.height,
      ...(size && !isOfPrint(size) && { nanometre: size.x }),
    },
  ];
}
