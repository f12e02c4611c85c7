import type { Features, FeaturesOfModel } from "@em-stellar/core";
import { formatCount, formatScore, formatShare } from "../format.js";
import { type Html, html } from "../html.js";
import { type Section, scroll } from "../section.js";
import { byRedundancy } from "./features-answer.js";

/** A bar for each network, by each of three measures, and what they are counted from. */
export function redundancySection({ models, threshold, images }: Features): Section {
  const rows = byRedundancy(models).map((model) => {
    const { meanAbs, above, twins } = model.redundancy;
    return html`<tr><th scope="row">${model.name}</th><td>${meter(meanAbs, formatScore)}</td><td>${meter(above, formatShare)}</td><td>${meter(twins, formatShare)}</td><td>${formatCount(model.channels)}</td><td>${dead(model)}</td></tr>`;
  });
  return {
    id: "redundancy",
    title: "Redundancy",
    heading: "Redundancy: how much each network repeats itself",
    style: `
.meters td { min-width: 7rem; }
.meters td:nth-last-child(-n + 2) { min-width: 0; }
.meter { display: block; height: 8px; margin-top: .25rem; border-radius: 2px; background: var(--raised); box-shadow: inset 0 0 0 1px var(--rule); }
.meter i { display: block; height: 100%; min-width: 1px; border-radius: 2px; background: var(--accent); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
@media (max-width: 640px) { .meters td { min-width: 3.4rem; } .meters th[scope=row] { min-width: 4.2rem; } .meters th, .meters td { padding-inline: .25rem; } }
@media print { .meters td { min-width: 0; } }
`,
    body: html`<figure>${scroll("Redundancy", html`<table class="plain meters"><thead><tr><th scope="col">Network</th><th scope="col">Mean |r|<small>over all pairs</small></th><th scope="col">Pairs above ${threshold}<small>share with |r| > ${threshold}</small></th><th scope="col">Maps with a twin<small>share of maps</small></th><th scope="col">Channels</th><th scope="col">Dead</th></tr></thead><tbody>${rows}</tbody></table>`)}
<figcaption>The least redundant network comes first; bars run from 0 to 1. Networks are ordered by <b>mean |r|</b>: 0 if no channel resembles another, 1 if all show the same picture. A <b>twin</b> is another map of the same network and image with |r| above ${threshold}: leaving out one of the two would hardly matter, so many twins suggest that fewer filters would be enough. A wider network has more maps among which to find a twin. <b>Dead</b> channels are constant on ${images.length === 1 ? "the image" : `all ${images.length} images`}: they do nothing there, and belong to no pair.</figcaption></figure>`,
  };
}

function meter(value: number | null, format: (value: number) => string): Html {
  if (value === null) return html`<span class="none">no pair</span>`;
  return html`${format(value)}<span class="meter"><i style="width:${(100 * value).toFixed(1)}%"></i></span>`;
}

function dead({ blocks, channels }: FeaturesOfModel): Html {
  const count = blocks.reduce((sum, block) => sum + block.dead, 0);
  return html`${formatCount(count)}${count > 0 && html`<small>${formatShare(count / channels)}</small>`}`;
}
