import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { csvOf } from "@em-stellar/core";
import type { NanometreSize } from "../../prediction/pixel-size.js";
import { openAtomicFile } from "./atomic-file.js";
import type { InputFile } from "./inputs.js";
import type { ImageObjects } from "./object-tools.js";

/** The tables of objects: one row for each object, and one for each image. */
export type Table = "objects" | "images";

/** How lengths are given: their unit, and nanometres in it. */
export interface LengthUnit {
  readonly name: "nm" | "um";
  readonly nanometres: number;
}

type Row = readonly (string | number)[];

/** The names of a table's columns. */
export function headerOf(table: Table, { name }: LengthUnit): Row {
  return table === "objects"
    ? [
        ...["image", "slice", "object", "area_px", `area_${name}2`, "x", "y", "left", "top", "width", "height"],
        ...["perimeter_px", "equivalent_diameter_px", `equivalent_diameter_${name}`],
        ...["mean_probability", "touches_border"],
      ]
    : [
        ...["image", "slice", "width", "height", "objects", "object_area_px", `object_area_${name}2`, "area_fraction"],
        ...[`pixel_width_${name}`, `pixel_height_${name}`],
      ];
}

/** The rows of one image; what needs the size of a pixel is empty where `pixel` is undefined. */
export function rowsOf(
  table: Table,
  { pages, file }: InputFile,
  page: number,
  { objects }: ImageObjects,
  unit: LengthUnit,
  pixel: NanometreSize | undefined,
): Row[] {
  const { width, height } = pages[page] as InputFile["pages"][number]; // a number of its pages
  const place = [basename(file), page + 1];
  const side = pixel && { x: pixel.x / unit.nanometres, y: pixel.y / unit.nanometres };
  const physicalArea = (pixels: number) => (side ? short(pixels * side.x * side.y) : "");
  if (table === "images") {
    const area = objects.reduce((sum, object) => sum + object.area, 0);
    const share = short(area / (width * height));
    const sizes = [side ? short(side.x) : "", side ? short(side.y) : ""];
    return [[...place, width, height, objects.length, area, physicalArea(area), share, ...sizes]];
  }
  return objects.map(({ number, area, x, y, left, top, width, height, perimeter, equivalentDiameter, ...rest }) => [
    ...[...place, number, area, physicalArea(area), short(x), short(y), left, top, width, height],
    ...[short(perimeter), short(equivalentDiameter)],
    side ? short(equivalentDiameter * Math.sqrt(side.x * side.y)) : "",
    ...[short(rest.mean), rest.touchesBorder ? "yes" : "no"],
  ]);
}

/** Writes the parts of a table, one for each input, as one file; all have the same header. */
export async function joinTable(folder: string, name: string, parts: readonly string[]): Promise<void> {
  const texts = await Promise.all(parts.map((path) => readFile(join(folder, path), "utf8")));
  const [header = ""] = texts.map((text) => text.slice(0, text.indexOf("\n") + 1));
  const file = await openAtomicFile(join(folder, name));
  await file.write([header, ...texts.map((text) => text.slice(header.length))].map((text) => encoder.encode(text)));
  await file.finish();
}

/** The bytes of a table. */
export function tableBytes(rows: readonly Row[]): Uint8Array {
  return encoder.encode(csvOf(rows));
}

const encoder = new TextEncoder();

/** Nine digits: more than any image has, and no noise of the last place. */
function short(value: number): number {
  return Number(value.toPrecision(9));
}
