import type { Device } from "@em-stellar/core/training";
import type { ModelNotes } from "../../prediction/model-notes.js";
import type { EnsembleNotes } from "./ensemble-folder.js";

/** How far predicting has come. */
export interface PredictionProgress {
  /** The image that is being predicted. */
  readonly name: string;
  /** Of this image: pixels in all, and done. */
  readonly pixels: number;
  readonly done: number;
  /** Images done, and in all. */
  readonly images: number;
  readonly imagesInAll: number;
  /** Pixels of all images, and of those done. */
  readonly pixelsInAll: number;
  readonly doneInAll: number;
  /** Since the first image was begun. */
  readonly seconds: number;
}

/** What the prediction of files tells, in this order. */
export type PredictionEvent =
  | {
      readonly type: "model-opened";
      /** Of the checkpoint, as messages show it. */
      readonly folder: string;
      /** Of the model, or of the first member of an ensemble. */
      readonly notes: ModelNotes | undefined;
      /** Absent for a single model. */
      readonly ensemble?: EnsembleNotes;
      /** Why it is this one of several, in sentences. */
      readonly reasons: readonly string[];
    }
  | {
      readonly type: "images-found";
      readonly images: number;
      /** Each that occurs: `512 × 512`. */
      readonly sizes: readonly string[];
      /** Images whose results are in the folder already. */
      readonly before: number;
      /** The output folder, as messages show it. */
      readonly out: string;
    }
  /** One more image can be read. */
  | { readonly type: "checked"; readonly images: number; readonly done: number; readonly seconds: number }
  | { readonly type: "warning"; readonly message: string }
  /** How large pixels are taken to be, in a sentence. */
  | { readonly type: "pixel-size"; readonly message: string }
  /** All that can be refused has been; predicting is next. */
  | {
      readonly type: "prediction-started";
      readonly device: Device /** Threads that predict at a time. */;
      readonly workers: number;
    }
  | ({ readonly type: "progress" } & PredictionProgress)
  | {
      readonly type: "image-predicted";
      readonly image: string;
      /** Share of pixels above the threshold. */
      readonly object: number;
      /** How many objects there are, where they were found. */
      readonly objects?: number;
      readonly seconds: number;
    }
  | {
      readonly type: "finished";
      /** The output folder, absolute. */
      readonly out: string;
      /** Predicted now. */
      readonly images: number;
      readonly pixels: number;
      readonly seconds: number;
      /** Of tensors on the device, at their most. */
      readonly peakBytes: number;
      /** The tables of objects, absolute; none if none was requested. */
      readonly tables: readonly string[];
    };
