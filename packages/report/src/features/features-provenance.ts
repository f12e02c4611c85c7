import type { Features } from "@em-stellar/core";
import { formatCount, formatDuration } from "../format.js";
import { type Content, type Html, html } from "../html.js";
import { type Section, scroll } from "../section.js";

/** Models, images, how it was computed, versions and the command: what it takes to do the same again. */
export function featuresProvenance(
  { models, images, hash, threshold, environment }: Features,
  folder: string,
): Section {
  return {
    id: "run",
    title: "What was compared",
    body: html`<h3>Networks</h3>${scroll(
      "Networks",
      html`<table class="plain left"><thead><tr><th scope="col">Name</th><th scope="col">Network</th><th scope="col">Step</th><th scope="col">Time</th><th scope="col">Folder</th></tr></thead><tbody>${models.map(
        ({ name, network, step, seconds, path }) =>
          html`<tr><th scope="row">${name}</th><td>${network}</td><td>${step === undefined ? "not recorded" : formatCount(step)}</td><td>${formatDuration(seconds)}</td><td>${path}</td></tr>`,
      )}</tbody></table>`,
    )}
<h3>Images</h3>${facts([
      ["names", images.map(({ name }) => name).join(", ")],
      ["shown to the networks", [...new Set(images.map(({ width, height }) => `${width} × ${height}`))].join(", ")],
      ["maps compared at", [...new Set(images.map(({ grid }) => `${grid.width} × ${grid.height}`))].join(", ")],
      ["SHA-256 of all pixels", html`<code>${hash}</code>`],
    ])}
<h3>How</h3>
<p>A feature map is one channel of a layer on one image. A convolution’s channels count once, after the normalisation and the activation that follow it, and so do sums of branches; pooling, enlarging and concatenation only move channels that have been counted. Maps are brought to one size by averaging over equal areas, that of the smallest feature map of all networks here and at most 64 pixels long, and the correlation coefficient of every two maps of a network on the same image is taken over its pixels (equation 22 of the EM-stellar paper). Maps that are constant at that size are in no pair. Twins are maps with |r| above ${threshold}.</p>
${models.map(
  ({ name, blocks }) =>
    html`<details><summary>Blocks and layers of ${name}</summary><dl>${blocks.map(
      (block) =>
        html`<div><dt>${block.name}, ${formatCount(block.channels)} channels</dt><dd>${block.layers.map(({ name, channels }) => `${name} (${channels})`).join(", ")}</dd></div>`,
    )}</dl></details>`,
)}
<details><summary>Software and machine</summary>${facts(Object.entries(environment).filter(([name]) => name !== "command"))}</details>
<h3>To do it again</h3>
<pre><code>${environment.command ?? "npx em-stellar features"}</code></pre>
<p>Files: <a href="${folder}/features.json">features.json</a>.</p>`,
  };
}

function facts(entries: readonly (readonly [name: string, value: Content])[]): Html {
  return html`<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
