import type { Evaluation } from "@em-stellar/core";
import { formatCount, formatShare, formatValue } from "../format.js";
import { type Content, type Html, html } from "../html.js";
import { type Section, scroll } from "../section.js";

/** Files, what was made of their numbers, options, versions and the command: what it takes to do the same again. */
export function evaluationProvenance(
  { data, methods, options, metrics, environment }: Evaluation,
  folder: string,
): Section {
  const { images } = data;
  const sizes = [...new Set(images.map(({ width, height }) => `${width} × ${height}`))];
  return {
    id: "run",
    title: "What was evaluated",
    body: html`<h3>Truth</h3>${facts([
      ["files", data.truth],
      ["images", `${formatCount(images.length)} of ${sizes.join(", ")} pixels: ${names(images.map(({ id }) => id))}`],
      ["values", storedText(data.stored)],
      ["object pixels", formatShare(data.foreground)],
      [
        "pixels between background and object",
        data.grey === 0
          ? "none"
          : html`${formatShare(data.grey)}; they count as object above 0.5, and V-Rand and V-Info threshold the truth together with the prediction`,
      ],
      ["SHA-256 of all values", html`<code>${data.hash}</code>`],
    ])}
<details><summary>Files of each prediction</summary>${scroll(
      "Predictions",
      html`<table class="plain left"><thead><tr><th scope="col">Method</th><th scope="col">Files</th><th scope="col">Paired by</th><th scope="col">Values</th><th scope="col">SHA-256</th></tr></thead><tbody>${methods.map(
        ({ name, path, pairedBy, stored, rounded, hash }) =>
          html`<tr><th scope="row">${name}</th><td>${path}</td><td>${pairedBy}</td><td>${storedText(stored)}${rounded && "; rounded to 16 bits to fit into memory"}</td><td><code>${hash.slice(0, 16)}…</code></td></tr>`,
      )}</tbody></table>`,
    )}</details>
<h3>Options</h3>${facts([
      ["threshold", `object above ${options.threshold}`],
      ["positive class", options.positive],
      ["measures", metrics.map(({ id, options }) => `${id}${optionText(options)}`).join("; ")],
    ])}
<details><summary>Software and machine</summary>${facts(Object.entries(environment).filter(([name]) => name !== "command"))}</details>
<h3>To do it again</h3>
<pre><code>${environment.command ?? "npx em-stellar evaluate"}</code></pre>
<p>Files: ${["results.json", "results.csv"].map((file, i) => html`${i > 0 && ", "}<a href="${folder}/${file}">${file}</a>`)}.</p>`,
  };
}

function facts(entries: readonly (readonly [name: string, value: Content])[]): Html {
  return html`<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function names(all: readonly string[]): string {
  return all.slice(0, 12).join(", ") + (all.length > 12 ? ` and ${all.length - 12} more` : "");
}

function storedText({ format, lowest, highest, white, labels }: Evaluation["data"]["stored"]): string {
  const found = `${format} from ${number(lowest)} to ${number(highest)}`;
  if (labels) return `${found}; object: ${labels === "nonzero" ? "all but 0" : names(labels.map(String))}`;
  if (white === null || white === undefined) return `${found}; divided by the highest value of their format`;
  return white === 1 ? `${found}; taken as they are` : `${found}; divided by ${number(white)}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function optionText(options: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(options).map(([name, value]) => `${name} ${formatValue(value)}`);
  return entries.length === 0 ? "" : ` (${entries.join(", ")})`;
}
