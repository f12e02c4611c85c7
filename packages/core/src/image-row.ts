import * as z from "zod";
import { value } from "./results.js";
import type { ImageScores } from "./scorer.js";

/** One image's id and its scores side by side in one object, as the results of evaluations hold them. */
export const imageRow = z
  .record(z.string(), z.union([z.string(), value]))
  .refine(
    (row) =>
      Object.entries(row).every(([key, entry]) => (typeof entry === "string") === (key === "image")) && "image" in row,
    "needs a text for `image`, and a number or null for every other key",
  );

/** One image of an evaluation: `image` is its id, every other key a metric's. */
export type ImageRow = z.infer<typeof imageRow>;

/** The row of an image. */
export function rowOfScores({ image, values }: Pick<ImageScores, "image" | "values">): ImageRow {
  return { image, ...values };
}

/** The scores of a row. */
export function scoresOfRow({ image, ...scores }: ImageRow): ImageScores {
  return {
    image: String(image),
    values: Object.fromEntries(
      Object.entries(scores).flatMap(([id, score]) => (typeof score === "string" ? [] : [[id, score]])),
    ),
  };
}
