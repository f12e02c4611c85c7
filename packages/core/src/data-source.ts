import type { Component, Definition, Factory } from "./component.js";
import type { ImageFormat } from "./image-format.js";
import { defineComponent } from "./options.js";
import type { ProbabilityMap, Raster } from "./raster.js";

/** One image with, for training and scoring, its mask. Pixels are read on request, so a large set does not fill memory. */
export interface Sample {
  /** Unique within its data set; file names and reports show it. */
  readonly id: string;
  /** Samples of one group resemble each other (one animal, one region, one stack) and are never split between training and validation. */
  readonly group?: string;
  /** Position within the stack, or the number in a file's name. */
  readonly z?: number;
  /** The stack that it is a slice of: samples of one stack whose `z` are near are neighbours. Absent: none is known. */
  readonly stack?: string;
  /** Always validated on, never learnt from. Where a data set has such samples, they take the place of folds. */
  readonly validation?: boolean;
  image(): Promise<Raster>;
  mask?(): Promise<ProbabilityMap>;
}

/** A data set opened: what may be learnt from, and what is scored once at the end. */
export interface Dataset {
  /** Split into folds: all of them have masks. */
  readonly train: readonly Sample[];
  /** Held out until everything is chosen. */
  readonly test: readonly Sample[];
  /**
   * What reading all of the data has settled (what mask values mean, which sizes were compared), as JSON. A run keeps it and
   * hands it to `open` in every process that does a job, which then reads no more than its own samples. Absent where
   * there is nothing to settle.
   */
  settled?(): Promise<unknown>;
  /** Slices this near to a validation slice of the same stack are not learnt from in its fold; by default 0. */
  readonly gap?: number;
  /** What a reader of the scores has to know of the data, found out by reading all of it. */
  warnings?(): Promise<readonly { readonly code: string; readonly message: string }[]>;
}

/** Where images and masks come from: a folder, a stack, a generator. */
export interface DataSource<Id extends string = string> extends Component<"data", Id> {
  /** Lists the samples and refuses what cannot be used (nothing found, no partner, sizes that differ) before any pixel is needed. */
  open(context: DataContext): Promise<Dataset>;
}

export interface DataContext {
  /** The folder that relative paths of the suite start from; absent where there are no folders. */
  readonly folder?: string;
  /** The image formats of the suite's plugins; absent: those that the source knows by itself. */
  readonly formats?: readonly ImageFormat[];
  /** What `settled` of the same data gave when the run was planned: it need not be found out again. */
  readonly settled?: unknown;
}

export interface DataSourceDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly open: (options: Options, context: DataContext) => Promise<Dataset>;
}

/** Declares a source of data. */
export function defineDataSource<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: DataSourceDefinition<Id, Defaults, Options>,
): Factory<DataSource<Id>, Options> {
  return defineComponent("data", definition, (options) => ({
    open: (context: DataContext) => definition.open(options, context),
  }));
}
