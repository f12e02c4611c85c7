import { colours } from "../chart.js";
import { shorten } from "../format.js";
import { escapeHtml, type Html, html, trusted } from "../html.js";
import type { ComparedMethod } from "./compared-method.js";

const width = 358; // as wide as a phone
const rowHeight = 38;
const top = 40;
const left = 10;
const cliqueWidth = 11;
const mostTicks = 8;

/**
 * A critical-difference diagram, upright: a row for each method from the best to the worst, with a dot at its mean rank, 1 at
 * the left, and at the right a thick bar along each run of neighbours in which no two differ significantly.
 */
export function rankDiagram(
  methods: readonly ComparedMethod[],
  cliques: readonly (readonly [first: number, last: number])[],
): Html {
  const right = width - 12 - cliques.length * cliqueWidth;
  const height = top + methods.length * rowHeight;
  const at = (rank: number) => (left + ((rank - 1) / (methods.length - 1)) * (right - left)).toFixed(1);
  const row = (i: number) => top + (i + 0.5) * rowHeight + 8; // below the name
  const step = Math.ceil(methods.length / mostTicks);
  const ticks = methods.flatMap((_, i) => {
    if (i % step > 0) return [];
    const x = at(i + 1);
    return `<line x1="${x}" x2="${x}" y1="${top - 8}" y2="${height}"/><text x="${x}" y="${top - 14}" text-anchor="middle" fill="${colours.muted}" stroke="none">${i + 1}</text>`;
  });
  const rows = methods.map(({ name, meanRank }, i) => {
    const y = row(i);
    const text = `${escapeHtml(shorten(name))}  <tspan fill="${colours.muted}">${meanRank.toFixed(2)}</tspan>`;
    return `<line x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text x="${left}" y="${y - 9}" fill="${colours.ink}" stroke="${colours.paper}" stroke-width="4" paint-order="stroke" xml:space="preserve">${text}</text><circle class="method" cx="${at(meanRank)}" cy="${y}" r="4.5" fill="${colours.ink}" stroke="none"/>`;
  });
  const bars = cliques.map(([first, last], i) => {
    const x = right + 10 + (i + 0.5) * cliqueWidth;
    return `<line class="clique" x1="${x}" x2="${x}" y1="${row(first) - 8}" y2="${row(last) + 8}" stroke="${colours.accent}" stroke-width="5" stroke-linecap="round"/>`;
  });
  const description = `Mean ranks from the best to the worst: ${methods.map(({ name, meanRank }) => `${name} ${meanRank.toFixed(2)}`).join(", ")}.`;
  return html`<svg role="img" aria-label="${description}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-size="12" stroke="${colours.rule}" stroke-width="1">${trusted(
    `${ticks.join("")}${rows.join("")}${bars.join("")}`,
  )}</svg>`;
}
