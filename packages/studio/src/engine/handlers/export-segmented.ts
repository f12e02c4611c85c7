import { csvOf, InputError, type PixelSize } from "@em-stellar/core";
import { createPngEncoder, createTiffEncoder, type ImagePlace, type RowEncoder, toUint16 } from "@em-stellar/data";
import {
  inNanometres,
  isOfPrint,
  type LengthUnit,
  maskRows,
  type NanometreSize,
  objectTableHeader,
  objectTableRows,
  shownColumns,
} from "@em-stellar/runner";
import { zipSync } from "fflate";
import { setOf } from "../image-sets.js";
import { openedProject } from "../opened.js";
import { checkpointOf } from "../project-models.js";
import type { Export, ModelChoice } from "../requests/segment.js";
import { objectsOf, segmentedOf } from "../segmented.js";

/** A file to save. */
interface Saved {
  readonly name: string;
  readonly blob: Blob;
}

const unit: LengthUnit = { name: "nm", nanometres: 1 };

/** Writes what was segmented as files, in the form of `em-stellar predict`; several of them as a zip file. */
export async function exportSegmented(wanted: Export): Promise<Saved> {
  const { what } = wanted;
  const pages = pagesOf(wanted);
  if (what === "objects" || what === "images") return { name: `${what}.csv`, blob: table(what, pages, wanted) };
  const files: Record<string, Uint8Array> = {};
  for (const path of setOf(wanted.set).files.keys()) {
    const ofFile = pages.filter(({ place }) => place.file === path);
    Object.assign(files, imageFiles(stemOf(path), ofFile, wanted));
  }
  return saved(files, `${what}.zip`);
}

/** The files of a model, in a zip file. */
export async function downloadModel({ run, jobs, label }: ModelChoice): Promise<Saved> {
  const store = await (await openedProject()).storage.runStore(run);
  const files: Record<string, Uint8Array> = {};
  for (const job of jobs) {
    const folder = await checkpointOf(store, job);
    const under = jobs.length === 1 ? "model" : job.replaceAll("/", "-");
    for (const path of await store.list(folder)) {
      const content = await store.read(path);
      if (content) files[`${under}/${path.slice(folder.length + 1)}`] = content;
    }
  }
  return saved(files, `${label.replace(/[^\p{L}\p{N}]+/gu, "-")}.zip`, true);
}

interface SegmentedPlace {
  readonly place: ImagePlace;
  readonly map: NonNullable<ReturnType<typeof segmentedOf>>;
}

function pagesOf({ set: number }: Export): SegmentedPlace[] {
  const places = [...setOf(number).files.values()].flat();
  const pages = places.flatMap((place): SegmentedPlace[] => {
    const map = segmentedOf({ set: number, path: place.file, page: place.page });
    return map ? [{ place, map }] : [];
  });
  if (pages.length < places.length) {
    throw new InputError(`${places.length - pages.length} of ${places.length} images are not segmented yet.`);
  }
  return pages;
}

function table(what: "objects" | "images", pages: readonly SegmentedPlace[], wanted: Export): Blob {
  const rows = pages.flatMap(({ place, map }) => {
    const { objects } = objectsOf(map, wanted);
    const { width, height, page } = place;
    const file = place.file.split("/").at(-1) ?? place.file;
    return objectTableRows(what, { file, page, width, height, objects }, unit, sizeOf(place, wanted));
  });
  const header = objectTableHeader(what, unit);
  const columns = shownColumns(header, rows);
  const shown = [header, ...rows].map((row) => columns.map((column) => row[column] ?? ""));
  return new Blob([csvOf(shown)], { type: "text/csv" });
}

function sizeOf({ pixelSize }: ImagePlace, { nanometre }: Export): NanometreSize | undefined {
  if (nanometre !== null) return { x: nanometre, y: nanometre };
  const size = pixelSize && inNanometres(pixelSize);
  return size && !isOfPrint(size) ? size : undefined;
}

/** One TIFF, of all pages; or a PNG for each. */
function imageFiles(name: string, pages: readonly SegmentedPlace[], wanted: Export): Record<string, Uint8Array> {
  const { format, what, threshold } = wanted;
  const isMask = what === "mask";
  if (format === "tiff") {
    const sizes = pages.map(({ place }) => place);
    const pixelSize = { pixelSize: storedSize(sizes[0], wanted) };
    return {
      [`${name}.tif`]: isMask
        ? written(createTiffEncoder(sizes, 8, pixelSize), pages, (data) => maskRows(data, threshold))
        : written(createTiffEncoder(sizes, 16, pixelSize), pages, toUint16),
    };
  }
  const digits = Math.max(3, String(pages.length).length);
  const files = pages.map((each, i): [string, Uint8Array] => {
    const { width, height } = each.map;
    const slice = `slice-${String(i + 1).padStart(digits, "0")}`;
    return [
      pages.length === 1 ? `${name}.png` : `${name}/${slice}.png`,
      isMask
        ? written(createPngEncoder({ width, height, bits: 8 }), [each], (data) => maskRows(data, threshold))
        : written(createPngEncoder({ width, height, bits: 16 }), [each], toUint16),
    ];
  });
  return Object.fromEntries(files);
}

function storedSize(place: ImagePlace | undefined, { nanometre }: Export): PixelSize | null {
  return nanometre === null ? (place?.pixelSize ?? null) : { x: nanometre, y: nanometre, unit: "nm" };
}

function written<Rows extends Uint8Array | Uint16Array>(
  encoder: RowEncoder<Rows>,
  pages: readonly SegmentedPlace[],
  rowsOf: (data: Float32Array) => Rows,
): Uint8Array {
  const parts = [...pages.flatMap(({ map }) => encoder.add(rowsOf(map.data))), ...encoder.end()];
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The only file as it is, several as a zip file; they are hardly smaller compressed. */
function saved(files: Readonly<Record<string, Uint8Array>>, name: string, isZip = false): Saved {
  const [[only, content] = ["", new Uint8Array()], ...others] = Object.entries(files);
  if (others.length === 0 && !isZip) return { name: only, blob: new Blob([content.slice()]) };
  return { name, blob: new Blob([zipSync({ ...files }, { level: 0 }).slice()], { type: "application/zip" }) };
}

function stemOf(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.[^.]+$/, "");
}
