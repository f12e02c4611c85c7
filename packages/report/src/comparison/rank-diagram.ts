import { colours, textWidth } from "../chart.js";
import { shorten } from "../format.js";
import { escapeHtml, type Html, html, trusted } from "../html.js";
import type { ComparedMethod } from "./compared-method.js";

const width = 880;
const rowHeight = 22;
const cliqueHeight = 9;
const axis = 34;
const fontSize = 13;

/**
 * A critical-difference diagram: methods on an axis of mean ranks, 1 at the left, and a thick bar under each run of
 * neighbours in which no two can be told apart. Methods stand from the best to the worst.
 */
export function rankDiagram(
  methods: readonly ComparedMethod[],
  cliques: readonly (readonly [first: number, last: number])[],
): Html {
  const names = methods.map(({ name }) => shorten(name));
  const margin = Math.ceil(Math.max(...names.map(textWidth)) * (fontSize / 11)) + 64; // a name, its rank and gaps
  const at = (rank: number) => margin + ((rank - 1) / (methods.length - 1)) * (width - 2 * margin);
  const place = (i: number) => at((methods[i] as ComparedMethod).meanRank); // places of methods
  const below = axis + 12 + cliques.length * cliqueHeight + 8;
  const left = Math.ceil(methods.length / 2);
  const height = below + left * rowHeight;
  const ticks = methods.map((_, i) => {
    const x = at(i + 1).toFixed(1);
    return `<line x1="${x}" x2="${x}" y1="${axis - 6}" y2="${axis}"/><text x="${x}" y="${axis - 12}" text-anchor="middle" fill="${colours.muted}" stroke="none">${i + 1}</text>`;
  });
  const bars = cliques.map(([first, last], i) => {
    const y = axis + 10 + i * cliqueHeight;
    return `<line class="clique" x1="${(place(first) - 5).toFixed(1)}" x2="${(place(last) + 5).toFixed(1)}" y1="${y}" y2="${y}" stroke="${colours.accent}" stroke-width="5" stroke-linecap="round"/>`;
  });
  const labels = methods.map(({ meanRank }, i) => {
    // The better half hangs to the left, the best on top, the others to the right, the worst on top: no two lines cross.
    const isLeft = i < left;
    const y = below + (isLeft ? i : methods.length - 1 - i) * rowHeight;
    const [x, end] = [place(i).toFixed(1), isLeft ? margin - 14 : width - margin + 14];
    const rank = `<tspan fill="${colours.muted}">${meanRank.toFixed(2)}</tspan>`;
    const name = escapeHtml(names[i] as string); // one for each method
    const text = isLeft ? `${name}  ${rank}` : `${rank}  ${name}`;
    return `<polyline points="${x},${axis} ${x},${y} ${end},${y}" fill="none"/><text x="${end + (isLeft ? -6 : 6)}" y="${y + 4}" text-anchor="${isLeft ? "end" : "start"}" fill="${colours.ink}" stroke="none" xml:space="preserve">${text}</text>`;
  });
  const description = `Mean ranks from the best to the worst: ${methods.map(({ name, meanRank }) => `${name} ${meanRank.toFixed(2)}`).join(", ")}.`;
  return html`<svg role="img" aria-label="${description}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-size="${fontSize}" stroke="${colours.muted}" stroke-width="1">${trusted(
    `<line x1="${margin}" x2="${width - margin}" y1="${axis}" y2="${axis}"/>${ticks.join("")}${labels.join("")}${bars.join("")}`,
  )}</svg>`;
}
