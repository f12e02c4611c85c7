import type { Said, Stage } from "@em-stellar/data";
import type { Project } from "../../project/project.js";
import type { Exchange } from "../exchange.js";

/** A file that the user gave, as its header describes it. */
export interface FileView {
  /** `train/images/a1.tif` */
  readonly path: string;
  readonly bytes: number;
  readonly pages: number;
  readonly width: number;
  readonly height: number;
  /** Bits of a value. */
  readonly bits: number;
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** An image of the data set. */
export interface SampleView {
  readonly id: string;
  readonly part: "train" | "validation" | "test";
  readonly group?: string;
}

/** How the files make a data set. */
export interface DataSet {
  /** Id of the source of data, and its options: what a suite says. */
  readonly source: "image-folder" | "image-stack";
  readonly options: Readonly<Record<string, unknown>>;
  readonly sentences: readonly string[];
  readonly samples: readonly SampleView[];
  /** Share of object among all pixels of the masks. */
  readonly share: number;
  readonly smallestSide: number;
  readonly folds: number;
  readonly someAreEmpty: boolean;
}

/** What the studio has understood of the files. */
export interface ImagesView {
  readonly files: readonly FileView[];
  readonly said: Said;
  /** Width of a pixel in nanometres. */
  readonly pixelSize: number | null;
  readonly set?: DataSet;
  /** What only the user can know: where there is no `set`, and files. */
  readonly question?: { readonly stage: Stage; readonly message: string };
}

/** A grey picture for people, and where the object is. */
export interface SamplePicture {
  readonly width: number;
  readonly height: number;
  /** 0 to 255. */
  readonly image: Uint8Array;
  /** 255 where the mask says object. */
  readonly mask: Uint8Array;
  /** Share of object in the whole mask. */
  readonly share: number;
}

export interface ProjectView {
  readonly project: Project;
  /** Why nothing outlives the page; absent where everything does. */
  readonly lost?: string;
  readonly hasPlugins: boolean;
  /** Files of plugins that came with the project, and do not run until the user agrees. */
  readonly waitingPlugins: readonly string[];
}

export interface DataRequests {
  /** Opens what an earlier visit has left, or an empty project. Rejects where another tab has it open. */
  readonly "open-project": Exchange<null, ProjectView>;
  /** Removes images, runs and models, and begins anew. */
  readonly "clear-project": Exchange<null, ProjectView>;
  readonly "name-project": Exchange<string, ProjectView>;
  /** What is understood of the files that are there. */
  readonly data: Exchange<null, ImagesView>;
  readonly "add-files": Exchange<
    readonly { readonly path: string; readonly content: Blob }[],
    ImagesView,
    { readonly done: number; readonly of: number }
  >;
  readonly "remove-files": Exchange<readonly string[], ImagesView>;
  /** Puts invented micrographs with exact masks into an empty project. */
  readonly "add-example": Exchange<null, ImagesView>;
  readonly say: Exchange<{ readonly said: Said; readonly pixelSize: number | null }, ImagesView>;
  /** An image with its mask, its longer side at most so many pixels. */
  readonly "sample-picture": Exchange<{ readonly id: string; readonly longest: number }, SamplePicture>;
  /** Test images that nearly repeat a training image, in sentences. */
  readonly "near-duplicates": Exchange<null, readonly string[]>;
}
