import type { BlockPairs, FeatureBlock, Features, FeaturesOfModel } from "@em-stellar/core";
import { colours } from "../chart.js";
import { formatScore, plural } from "../format.js";
import { escapeHtml, type Html, html, trusted } from "../html.js";
import { distinctLines, look, sample } from "../lines.js";
import type { Section } from "../section.js";
import { outline, sharesOf } from "./histogram-shape.js";

/** The correlations of one network within one block. */
interface Series {
  /** Place of the network in the results. */
  readonly index: number;
  readonly name: string;
  readonly block: FeatureBlock;
  readonly within: BlockPairs;
}

/** A panel for each block, all networks that have such a block in it. */
export function distributionsSection({ models, bins }: Features): Section {
  const names = blockNames(models);
  const together = Math.max(1, Math.round(bins / 50));
  const panels = names.map((name) => panel(name, seriesOf(models, name), together, models.length === 1));
  return {
    id: "blocks",
    title: "Within blocks",
    heading: "Correlations within blocks",
    style: ".panel .mean { display: block; }",
    body: html`${models.length > 1 && html`<p class="legend">${models.map(({ name }, i) => html`<span>${sample(i)} ${name}</span>`)}</p>`}
<figure><div class="panels">${panels}</div>
<figcaption>The correlation coefficient r of every two feature maps in a block: −1 (one is the negative of the other), 0 (unrelated) or 1 (the same picture except for brightness and contrast). All curves in a panel have the same area. A block has the maps of one size: the encoder’s from the image down, the bottleneck with the smallest maps, and the decoder’s back up. Blocks are named by their side as a share of the image’s side. A narrow peak at 0 means that each channel sees something different; a wide peak, or one that leans to an end, means that the block repeats itself. The number beside each line is the mean |r|. Blocks with many channels weigh most in a network as a whole.${distinctLines < models.length && ` The first ${distinctLines} networks have a colour.`}</figcaption></figure>`,
  };
}

/** Names of blocks in their order from image to output, of all networks together. */
function blockNames(models: readonly FeaturesOfModel[]): string[] {
  const blocks = models.flatMap((model) => model.blocks);
  const depth = ({ place, reduction }: FeatureBlock) =>
    place === "encoder" ? -1 / reduction : place === "decoder" ? 1 / reduction : 0;
  return [...new Set(blocks.toSorted((a, b) => depth(a) - depth(b)).map(({ name }) => name))];
}

function seriesOf(models: readonly FeaturesOfModel[], name: string): Series[] {
  return models.flatMap((model, index) => {
    const at = model.blocks.findIndex((block) => block.name === name);
    const block = model.blocks[at];
    const within = model.pairs.find(({ blocks: [a, b] }) => a === at && b === at);
    return block && within ? [{ index, name: model.name, block, within }] : [];
  });
}

const [width, height] = [236, 118];
const box = { left: 4, right: width - 4, top: 6, bottom: height - 20 };

function panel(name: string, series: readonly Series[], together: number, alone: boolean): Html {
  const drawn = series
    .filter(({ within }) => within.pairs > 0)
    .map((each) => ({ ...each, shares: sharesOf(each.within, together) }));
  const full = Math.max(...drawn.map(({ shares }) => Math.max(...shares)), 1e-9);
  const lines = drawn.map(({ index, shares }) => {
    const { stroke, strokeWidth, strokeDash } = look(index);
    const path = outline(shares, full, box);
    return alone
      ? `<path d="${path}" fill="${colours.accent}" fill-opacity=".25" stroke="${colours.accent}" stroke-width="1.5"/>`
      : `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${strokeWidth}" stroke-dasharray="${strokeDash.join(" ")}"/>`;
  });
  const x = (r: number) => box.left + ((r + 1) / 2) * (box.right - box.left);
  const ticks = [-1, -0.5, 0, 0.5, 1].map((r) => {
    const anchor = r === -1 ? "start" : r === 1 ? "end" : "middle";
    return `<line x1="${x(r)}" x2="${x(r)}" y1="${r === 0 ? box.top : box.bottom}" y2="${box.bottom + 4}"/><text x="${x(r)}" y="${height - 4}" text-anchor="${anchor}" fill="${colours.muted}" stroke="none">${String(r).replace("-", "−")}</text>`;
  });
  const means = series.map(({ name, within }) => `${name}: ${meanText(within)}`).join("; ");
  const description = escapeHtml(`Correlations within the block ${name}. Mean |r|: ${means}.`);
  return html`<div class="panel"><h3>${name}</h3>${trusted(
    `<svg role="img" aria-label="${description}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-size="11" stroke="${colours.rule}"><line x1="${box.left}" x2="${box.right}" y1="${box.bottom}" y2="${box.bottom}"/>${ticks.join("")}${lines.join("")}</svg>`,
  )}<small>${series.map(({ index, name, block, within }) => html`<span class="mean">${alone ? "mean |r| " : html`${sample(index)} ${index >= distinctLines && `${name} `}`}${meanText(within)}, ${plural(block.channels - block.dead, "channel")}${block.dead > 0 && ` and ${block.dead} dead`}</span>`)}</small></div>`;
}

function meanText({ meanAbs }: BlockPairs): string {
  return meanAbs === null ? "no pair" : formatScore(meanAbs);
}
