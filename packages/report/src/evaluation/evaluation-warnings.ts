import type { Evaluation } from "@em-stellar/core";
import { codeInWords, plural } from "../format.js";
import { html } from "../html.js";
import { lostCode, lostGuide, lostWarnings } from "../lost-pictures.js";
import type { Section } from "../section.js";
import type { LostPicture } from "../stored-map.js";
import { warningsStyle } from "../style/warnings-style.js";

/** What is called how, and what to do about it. A code that is not listed is its own title. */
const guides: Readonly<Record<string, { readonly title: string; readonly advice: string }>> = {
  [lostCode]: lostGuide,
  "truth-empty": {
    title: "The truth has no object",
    advice: "Check that you gave the right files as truth, and which of their values mean object.",
  },
  "truth-full": {
    title: "The truth has no background",
    advice: "Check that you gave the right files as truth, and which of their values mean object.",
  },
  "few-test-images": {
    title: "Few images",
    advice: "Treat methods with similar scores as equal, or label more images.",
  },
  "constant-prediction": {
    title: "Predictions without content",
    advice: "Look at the files: a failed export is the usual cause. Otherwise choose another threshold.",
  },
  inverted: {
    title: "Classes exchanged?",
    advice: "Invert the prediction, or name the value of its object with --labels.",
  },
  "equals-truth": { title: "A method that equals the truth", advice: "Check that you gave the right files." },
  "same-predictions": { title: "Methods with the same files", advice: "Check the folders." },
  "undefined-score": {
    title: "Scores that are not defined",
    advice: "They divide by a class that the images, or the prediction, do not have.",
  },
};

/** Warnings by kind, each with what to do about it; those of pictures that are lost too. */
export function evaluationWarnings(evaluation: Evaluation, lost: readonly LostPicture[]): Section | undefined {
  const warnings = [...evaluation.warnings, ...lostWarnings(lost)];
  const codes = [...new Set(warnings.map(({ code }) => code))];
  if (codes.length === 0) return undefined;
  return {
    id: "warnings",
    title: "Warnings",
    heading: plural(codes.length, "warning"),
    classes: "warnings",
    style: warningsStyle,
    body: html`<ul>${codes.map((code) => {
      const guide = guides[code];
      const messages = warnings.filter((warning) => warning.code === code);
      return html`<li><h3>${guide?.title ?? codeInWords(code)}</h3>${messages.map(({ message }) => html`<p>${message}</p>`)}${
        guide && html`<p class="advice">${guide.advice}</p>`
      }</li>`;
    })}</ul>`,
  };
}
