import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.js";

/** A file of a test, by name. */
export interface TestFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The small images of the tests of @em-stellar/data whose names end in `extension`: written by Pillow, tifffile, libtiff, ImageJ and GDAL. */
export function imageFiles(extension: "png" | "tif"): readonly TestFile[] {
  return extension === "png" ? pngs : tiffs;
}

const [pngs, tiffs] = [filesOf("png"), filesOf("tif")];

function filesOf(extension: string): readonly TestFile[] {
  return ["fixtures", "cases"].flatMap((folder) => {
    const place = join(root, "packages/data/test", folder);
    return readdirSync(place)
      .filter((name) => name.endsWith(`.${extension}`))
      .sort()
      .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(place, name))) }));
  });
}
