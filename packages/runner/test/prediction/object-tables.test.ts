import { expect, it } from "vitest";
import { objectTableHeader, objectTableRows, shownColumns } from "../../src/prediction/object-tables.js";

const unit = { name: "nm", nanometres: 1 } as const;
const image = { file: "cell.png", page: 0, width: 4, height: 5, objects: [] };
const header = objectTableHeader("images", unit);
const without = objectTableRows("images", image, unit, undefined);
const withSize = objectTableRows("images", image, unit, { x: 2, y: 3 });
const named = (columns: readonly number[]) => columns.map((column) => header[column]);

it("a table leaves out the columns that need the size of a pixel where no image has it", () => {
  const pixels = ["image", "slice", "width", "height", "objects", "object_area_px", "area_fraction"];
  expect(named(shownColumns(header, without))).toEqual(pixels);
  expect(named(shownColumns(header, []))).toEqual(pixels);
  expect(named(shownColumns(header, [...without, ...withSize]))).toEqual(header); // one image that has it is enough
});
