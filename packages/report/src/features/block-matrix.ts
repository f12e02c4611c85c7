import type { BlockPairs, Features, FeaturesOfModel } from "@em-stellar/core";
import { colours, textWidth } from "../chart.js";
import { formatScore, plural } from "../format.js";
import { heatColours } from "../heatmap.js";
import { escapeHtml, type Html, html, trusted } from "../html.js";
import { type Section, scroll } from "../section.js";
import { outline, sharesOf } from "./histogram-shape.js";

/** Of each network blocks × blocks: distributions on and below the diagonal, the mean |r| above it. */
export function betweenBlocksSection({ models, bins }: Features): Section {
  const between = models.flatMap(({ pairs }) => pairs.filter(({ blocks: [a, b] }) => a !== b));
  const means = between.map(({ meanAbs }) => meanAbs ?? 0);
  const most = Math.max(0.1, Math.ceil(10 * Math.max(...means)) / 10);
  const together = Math.max(1, Math.round(bins / 25));
  return {
    id: "between",
    title: "Between blocks",
    heading: "Correlations between blocks",
    body: html`${models.map(
      (model) =>
        html`<figure><h3>${model.name}</h3>${scroll(`Blocks of ${model.name}`, matrix(model, most, together))}</figure>`,
    )}
<p class="scale"><span>mean |r| 0</span><span class="ramp"></span><span>${most}</span></p>
<p class="caption">After the paper’s figure 5. <b>On the diagonal</b>, the correlations within a block; <b>below it</b>, those of every map in the column’s block with every map in the row’s block. Each runs from r = −1 at the left over 0 at the thin line to 1 at the right, and fills the height of its cell. <b>Above it</b> is their mean |r|, with the same colours for all networks. A bright cell between two blocks means that the second block mostly repeats the first; a dark cell means that it finds something else. Neighbours tend to resemble each other, and so do encoder and decoder blocks of the same size, which a skip connection joins. (The paper plots the coefficients within one block against those within another, in the order in which they were computed. Here the channels of the two blocks are compared with each other.)</p>`,
  };
}

const cell = { width: 88, height: 56 };

function matrix({ name, blocks, pairs }: FeaturesOfModel, most: number, together: number): Html {
  const left = Math.max(...blocks.map((block) => textWidth(block.name))) + 14;
  const top = 24;
  const [width, height] = [left + blocks.length * cell.width, top + blocks.length * cell.height];
  const labels = blocks.flatMap((block, i) => [
    `<text x="${left - 8}" y="${top + (i + 0.5) * cell.height + 4}" text-anchor="end">${escapeHtml(block.name)}</text>`,
    `<text x="${left + (i + 0.5) * cell.width}" y="${top - 8}" text-anchor="middle">${escapeHtml(block.name)}</text>`,
  ]);
  const cells = pairs.flatMap((each) => {
    const [a, b] = each.blocks;
    const [first, second] = [blocks[a]?.name ?? "", blocks[b]?.name ?? ""];
    const what = a === b ? `within ${first}` : `${first} with ${second}`;
    const mean =
      each.meanAbs === null ? "no pair" : `mean |r| ${formatScore(each.meanAbs)}, ${plural(each.pairs, "pair")}`;
    const title = `<title>${escapeHtml(`${what}: ${mean}`)}</title>`;
    const place = (column: number, row: number) =>
      `translate(${left + column * cell.width},${top + row * cell.height})`;
    const spread = `<g transform="${place(a, b)}">${title}${distribution(each, together, a === b)}</g>`;
    return a === b ? [spread] : [spread, `<g transform="${place(b, a)}">${title}${heat(each, most)}</g>`];
  });
  const description = escapeHtml(
    `Mean |r| within and between the blocks of ${name}: ${pairs.map(({ blocks: [a, b], meanAbs }) => `${blocks[a]?.name}${a === b ? "" : ` with ${blocks[b]?.name}`} ${meanAbs === null ? "no pair" : meanAbs.toFixed(2)}`).join(", ")}.`,
  );
  return trusted(
    `<svg role="img" aria-label="${description}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-size="11" fill="${colours.ink}">${labels.join("")}${cells.join("")}</svg>`,
  );
}

function distribution(pairs: BlockPairs, together: number, within: boolean): string {
  const frame = `<rect x="1" y="1" width="${cell.width - 2}" height="${cell.height - 2}" rx="3" fill="transparent" stroke="${within ? colours.accent : colours.rule}"/>`;
  if (pairs.pairs === 0)
    return `${frame}<text x="${cell.width / 2}" y="${cell.height / 2 + 4}" text-anchor="middle" fill="${colours.muted}">no pair</text>`;
  const shares = sharesOf(pairs, together);
  const box = { left: 5, right: cell.width - 5, top: 6, bottom: cell.height - 5 };
  const path = outline(shares, Math.max(...shares), box);
  return `${frame}<line x1="${cell.width / 2}" x2="${cell.width / 2}" y1="5" y2="${cell.height - 5}" stroke="${colours.rule}"/><path d="${path}" fill="${within ? colours.accent : colours.muted}" fill-opacity="${within ? 0.7 : 0.45}"/>`;
}

function heat({ meanAbs }: BlockPairs, most: number): string {
  if (meanAbs === null) return "";
  const { fill, ink } = heatColours(meanAbs / most);
  return `<rect x="1" y="1" width="${cell.width - 2}" height="${cell.height - 2}" rx="3" fill="${fill}"/><text x="${cell.width / 2}" y="${cell.height / 2 + 4}" text-anchor="middle" font-size="12" fill="${ink}">${meanAbs.toFixed(2)}</text>`;
}
