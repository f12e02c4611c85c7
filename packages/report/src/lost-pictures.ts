import type { Warning } from "@em-stellar/core";
import type { LostPicture } from "./stored-map.js";

/** The code of warnings of pictures that are missing or damaged. */
export const lostCode = "lost-picture";

/** How a page shows them. */
export const lostGuide = {
  title: "Pictures that are missing or damaged",
  advice:
    "Run the command that made the results again: it makes these files again, and repeats a training whose predictions have changed.",
};

/** A warning for each picture. */
export function lostWarnings(pictures: readonly LostPicture[]): Warning[] {
  return pictures.map(({ path, problem }) => ({ code: lostCode, message: `${path} ${problem.replace(/\.$/, "")}.` }));
}

/** Tells whoever draws a page of pictures that it lacks, each in a sentence that names the file and says what to do. */
export function tellLost(pictures: readonly LostPicture[], tell: (sentence: string) => void): void {
  for (const { message } of lostWarnings(pictures)) tell(`${message} ${lostGuide.advice}`);
}
