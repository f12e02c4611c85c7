import { colours } from "./chart.js";
import { type Html, trusted } from "./html.js";

/** Dashes of the first eight lines of a chart, which differ in colour too; further ones are thin and grey. */
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3], [], [7, 3], [2, 2], [9, 3, 2, 3]];

/** How many lines of a chart have a look of their own. */
export const distinctLines = dashes.length;

/** The look of a chart's line by its number from 0: colour and dashes both, so that it can be distinguished in grey too. */
export function look(index: number): { stroke: string; strokeWidth: number; strokeDash: number[] } {
  const dash = dashes[index];
  return dash
    ? { stroke: `var(--line-${index + 1})`, strokeWidth: 1.8, strokeDash: [...dash] }
    : { stroke: colours.muted, strokeWidth: 0.8, strokeDash: [] };
}

/** A piece of a line, for legends. */
export function sample(index: number): Html {
  const { stroke, strokeWidth, strokeDash } = look(index);
  return trusted(
    `<svg class="sample" width="30" height="8" aria-hidden="true"><line x1="0" x2="30" y1="4" y2="4" stroke="${stroke}" stroke-width="${strokeWidth}" stroke-dasharray="${strokeDash.join(" ")}"/></svg>`,
  );
}
