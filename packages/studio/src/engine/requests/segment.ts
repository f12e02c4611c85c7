import type { NormalizationOptions } from "@em-stellar/data";
import type { GivenFile } from "../../files/given-file.js";
import type { Levels } from "../../viewer/levels.js";
import type { Exchange } from "../exchange.js";
import type { DeviceChoice } from "./device.js";
import type { PagePlace } from "./images.js";

/** A model or an ensemble of a benchmark of the project. */
export interface ModelChoice {
  /** The run folder of the benchmark. */
  readonly run: string;
  /** Name of the method, such as `unet` or an ensemble's. */
  readonly method: string;
  /** Jobs whose models take part: one, or the members of an ensemble. */
  readonly jobs: readonly string[];
  /** What the list calls it: `unet, fold 1`. */
  readonly label: string;
  /** Whether the benchmark advises to take this one. */
  readonly isBest: boolean;
}

/** Where a model comes from. */
export type ModelSource =
  | { readonly type: "project"; readonly choice: ModelChoice }
  /** `normalization`: of images, where the folder does not say how its were normalised. */
  | {
      readonly type: "files";
      readonly files: readonly GivenFile[];
      readonly normalization?: NormalizationOptions["method"];
    };

/** A model that is ready. */
export interface OpenedModel {
  readonly name: string;
  /** What is known of it, in sentences. */
  readonly sentences: readonly string[];
  /** A pixel is called object above it. */
  readonly threshold: number;
  readonly members: number;
  /** What it runs on. */
  readonly device: string;
}

/** What was segmented of some images: pages by their place. */
interface SegmentedPage {
  readonly path: string;
  readonly page: number;
}

/** An object of a page, as the table of objects has it. */
export interface FoundObjects {
  readonly count: number;
  /** Pixels of all objects. */
  readonly area: number;
  /** The largest areas, in pixels, largest first; 200 at most. */
  readonly largest: readonly {
    readonly number: number;
    readonly area: number;
    readonly x: number;
    readonly y: number;
  }[];
  /** Mean area in pixels; undefined where there is no object. */
  readonly meanArea?: number;
}

/** How objects are told from the background and from specks. */
export interface ObjectRule {
  readonly threshold: number;
  /** Objects of fewer pixels are left out. */
  readonly minArea: number;
}

/** What the user wants to keep. */
export interface Export extends ObjectRule {
  readonly set: number;
  readonly what: "probability" | "mask" | "objects" | "images";
  /** Of probability maps and masks. */
  readonly format: "tiff" | "png";
  /** Width of a pixel in nanometres; `null`: as the files say. */
  readonly nanometre: number | null;
}

export interface SegmentRequests {
  /** The models of the project's finished and unfinished benchmarks, the best first. */
  readonly "list-models": Exchange<null, readonly ModelChoice[]>;
  readonly "open-model": Exchange<{ readonly source: ModelSource; readonly device: DeviceChoice }, OpenedModel>;
  /** The files of a model of the project, as a zip file: what `em-stellar predict` takes once it is unpacked. */
  readonly "download-model": Exchange<ModelChoice, { readonly name: string; readonly blob: Blob }>;
  /** Segments every page of a set with the open model; pages that are done already are passed over. */
  readonly segment: Exchange<
    { readonly set: number },
    { readonly warnings: readonly string[] },
    /** `share`: of all pixels, 0 to 1. */
    { readonly share: number; readonly page?: SegmentedPage }
  >;
  /** The probability map of a page that was segmented, between 0 and 1. */
  readonly "read-segmented": Exchange<PagePlace, Levels | null>;
  readonly measure: Exchange<PagePlace & ObjectRule, FoundObjects>;
  readonly "export-segmented": Exchange<Export, { readonly name: string; readonly blob: Blob }>;
}
