import type { Table } from "../../prediction/object-tables.js";
import type { InputFile } from "./inputs.js";

/** What is written of a prediction: how likely each pixel is to be object, which are called so, or which object each belongs to. */
export type Picture = "probability" | "mask" | "labels";

/** How predictions are written. */
export interface OutputForm {
  readonly output: Picture | "both";
  readonly format: "png" | "tiff";
  /** Of probability maps: 16, or 32 for floats. A mask has 8, labels have 16. */
  readonly bits: 16 | 32;
  /** A pixel of a mask is object above it. */
  readonly threshold: number;
  /** Whether the image is drawn with the outlines of its objects. */
  readonly overlay: boolean;
  /** Whether tables of objects are written. */
  readonly objects: boolean;
}

/** A file to be written, of one page or of a whole stack. */
export interface OutputFile {
  readonly kind: Picture | "overlay" | Table;
  /** Relative to the output folder. */
  readonly path: string;
  /** Which pages of the input. */
  readonly pages: readonly number[];
}

/** The parts of the tables of objects, one for each input. */
export const tableFolders = { objects: "tables/objects", images: "tables/images" } as const;

/** The files of an input's results, those of one page side by side. Files of several kinds go into a folder for each kind. */
export function outputsOf({ name, pages }: InputFile, form: Omit<OutputForm, "threshold" | "bits">): OutputFile[] {
  const { output, format, overlay, objects } = form;
  const all = pages.map((_, i) => i);
  const digits = Math.max(3, String(pages.length).length);
  const pictures: readonly Picture[] = output === "both" ? ["probability", "mask"] : [output];
  const isAlone = pictures.length === 1 && !overlay && !objects;
  const pngs = (kind: OutputFile["kind"], folder: string): OutputFile[] => {
    if (pages.length === 1) return [{ kind, path: `${folder}${name}.png`, pages: all }];
    return all.map((page) => {
      const slice = String(page + 1).padStart(digits, "0");
      return { kind, path: `${folder}${name}/slice-${slice}.png`, pages: [page] };
    });
  };
  return [
    ...pictures.flatMap((kind) => {
      const folder = isAlone ? "" : `${kind}/`;
      return format === "tiff" ? [{ kind, path: `${folder}${name}.tif`, pages: all }] : pngs(kind, folder);
    }),
    ...(overlay ? pngs("overlay", "overlay/") : []),
    ...(objects
      ? (["objects", "images"] as const).map((kind) => ({
          kind,
          path: `${tableFolders[kind]}/${name}.csv`,
          pages: all,
        }))
      : []),
  ];
}

/** Whether the objects of the image have to be found for a file. */
export function needsObjects({ kind }: Pick<OutputFile, "kind">): boolean {
  return kind !== "probability" && kind !== "mask";
}
