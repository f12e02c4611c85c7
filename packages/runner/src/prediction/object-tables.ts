import type { ImageObject } from "./object-tools.js";
import type { NanometreSize } from "./pixel-size.js";

/** The tables of objects: one row for each object, and one for each image. */
export type Table = "objects" | "images";

/** How lengths are given: their unit, and nanometres in it. */
export interface LengthUnit {
  readonly name: "nm" | "um";
  readonly nanometres: number;
}

/** An image that was segmented. */
export interface TabledImage {
  /** The file's name. */
  readonly file: string;
  /** In the file, from 0. */
  readonly page: number;
  readonly width: number;
  readonly height: number;
  /** What was found in it. */
  readonly objects: readonly ImageObject[];
}

/** A row of a table. */
export type Row = readonly (string | number)[];

/** The names of a table's columns. */
export function objectTableHeader(table: Table, { name }: LengthUnit): Row {
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
export function objectTableRows(
  table: Table,
  { file, page, width, height, objects }: TabledImage,
  unit: LengthUnit,
  pixel: NanometreSize | undefined,
): Row[] {
  const place = [file, page + 1];
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

/**
 * The places of the columns to write: all of them, or, where the size of a pixel is known for none of the rows, those that do
 * not need it.
 */
export function shownColumns(header: Row, rows: readonly Row[]): number[] {
  const all = header.map((_, column) => column);
  const needsSize = (column: number) => /_(?:nm|um)2?$/.test(String(header[column]));
  const isKnown = rows.some((row) => row.some((cell, column) => cell !== "" && needsSize(column)));
  return isKnown ? all : all.filter((column) => !needsSize(column));
}

/** Nine digits: more than any image has, and no noise of the last place. */
function short(value: number): number {
  return Number(value.toPrecision(9));
}
