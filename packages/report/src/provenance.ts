import {
  type ComponentRecord,
  finishedRuns,
  type MethodResult,
  type RankedMethod,
  type Results,
} from "@em-stellar/core";
import { baselineName } from "./baselines.js";
import { formatCount, formatLearnt, formatShare, formatValue, plural } from "./format.js";
import { type Content, type Html, html, listed } from "./html.js";
import { type Section, scroll } from "./section.js";

/** Data, options, versions and the command: what it takes to run the same again. */
export function provenanceSection(
  results: Results,
  ranked: readonly RankedMethod<MethodResult>[],
  folder: string,
): Section {
  const files = ["suite.json", "manifest.json", "results.json", "results.csv"];
  if (results.transfer) files.push("transfer.csv");
  return {
    id: "run",
    title: "What was run",
    body: html`<h3>Data</h3>${facts(dataFacts(results))}${foldTable(results)}
<details><summary>Methods and their options</summary>${componentTable(ranked)}</details>
<details><summary>Training</summary>${facts(trainingFacts(results.training))}</details>
<details><summary>Software and device</summary>${facts(Object.entries(results.environment).filter(([name]) => name !== "command"))}</details>
<h3>To run it again</h3>
<p>This command made these results. With another <code>--out</code> it makes them anew:</p>
<pre><code>${results.environment.command ?? "npx em-stellar run suite.json --out again"}</code></pre>
<p>Files: ${listed(
      files.map((file) => html`<a href="${folder}/${file}">${file}</a>`),
      files.length,
    )}; the folders <code>jobs</code> and <code>ensembles</code> hold every prediction as a 16-bit PNG, from which each number on this page can be computed again.</p>`,
  };
}

function facts(entries: readonly (readonly [name: string, value: Content])[]): Html {
  if (entries.length === 0) return html`<p class="none">Nothing was recorded.</p>`;
  return html`<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function dataFacts({ data, suite }: Results): [string, Content][] {
  const sizes = [...new Set(data.testImages.map(({ width, height }) => `${width} × ${height}`))];
  return [
    ["suite", suite],
    [
      "source",
      html`${data.source.id}${optionList(data.source.options)} <span class="package">${packageOf(data.source)}</span>`,
    ],
    ["training images", formatCount(data.train)],
    [
      "test images",
      html`${formatCount(data.test)}${sizes.length > 0 && html` of ${listed(sizes)} pixels`}: ${names(data.testImages.map(({ id }) => id))}`,
    ],
    ["groups", data.groups.length > 0 ? names(data.groups) : "none"],
    ["object pixels in training masks", formatShare(data.foreground)],
    ["SHA-256 of all pixels and masks", html`<code>${data.hash}</code>`],
  ];
}

function names(all: readonly string[]): Html {
  if (all.length <= 12) return html`${all.join(", ")}`;
  return html`${all.slice(0, 12).join(", ")} <details><summary>and ${all.length - 12} more</summary>${all.slice(12).join(", ")}</details>`;
}

function foldTable({ data: { folds } }: Results): Html {
  return html`<details><summary>How ${plural(folds.length, "fold")} split the training images</summary>${scroll(
    "Folds",
    html`<table class="plain left"><thead><tr><th scope="col">Fold</th><th scope="col">Training</th><th scope="col">Validation</th></tr></thead><tbody>${folds.map(
      ({ train, validation }, i) =>
        html`<tr><th scope="row">${i}</th><td>${train.length}</td><td>${validation.length}: ${validation.join(", ")}</td></tr>`,
    )}</tbody></table>`,
  )}</details>`;
}

function componentTable(ranked: readonly RankedMethod<MethodResult>[]): Html {
  return scroll(
    "Methods and their options",
    html`<table class="plain left"><thead><tr><th scope="col">Method</th><th scope="col">Made of, with all options</th></tr></thead><tbody>${ranked.map(
      ({ method }) => {
        const members = method.runs[0]?.members ?? [];
        const learnt = learntOver(method);
        return html`<tr><th scope="row">${method.name}</th><td>${method.components.map(
          (component) =>
            html`<div>${component.kind === "baseline" ? baselineName(method) : component.kind} <b>${component.id}</b>${optionList(component.options)} <span class="package">${packageOf(component)}</span></div>`,
        )}${learnt && html`<small>fitted, fold by fold: ${learnt}</small>`}${method.sameAs !== undefined && html`<small>the same training as ${method.sameAs}, done once</small>`}${extensionOf(method)}${members.length > 0 && html`<small>members: ${members.join(", ")}</small>`}</td></tr>`;
      },
    )}</tbody></table>`,
  );
}

/** After how many steps trainings were told to go on longer. */
function extensionOf(method: MethodResult): Html | false {
  const steps = [...new Set(finishedRuns(method).flatMap(({ extended = [] }) => extended))].sort((a, b) => a - b);
  if (steps.length === 0) return false;
  return html`<small>planned shorter, and told to go on longer after step ${steps.join(", ")}</small>`;
}

/** `sigma 3; threshold 100, 101, 102`: what a baseline picked, once where all folds agree. */
function learntOver(method: MethodResult): string {
  const runs = finishedRuns(method).flatMap((run) => (run.learnt ? [run.learnt] : []));
  const keys = [...new Set(runs.flatMap((learnt) => Object.keys(learnt)))];
  return keys
    .map((key) => {
      const values = runs.map((learnt) => formatLearnt(learnt[key] ?? "none"));
      return `${key} ${new Set(values).size === 1 ? values[0] : values.join(", ")}`;
    })
    .join("; ");
}

function trainingFacts(training: Results["training"]): [string, Content][] {
  return Object.entries(training).map(([name, value]) => [
    name,
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? pairs(value)
      : Array.isArray(value)
        ? value.map(formatValue).join(", ")
        : formatValue(value),
  ]);
}

function pairs(options: object): string {
  const entries = Object.entries(options);
  if (entries.length === 0) return "none";
  return entries.map(([name, value]) => `${name} ${formatValue(value)}`).join(", ");
}

function optionList(options: object): Html | undefined {
  return Object.keys(options).length === 0 ? undefined : html`: ${pairs(options)}`;
}

function packageOf({ package: name, version }: ComponentRecord): string {
  return name === undefined ? "" : `${name}${version === undefined ? "" : ` ${version}`}`;
}

/** Seeds of all runs, in order. */
export function seedsOf({ methods }: Results): number[] {
  return [...new Set(methods.flatMap(({ runs }) => runs.map(({ seed }) => seed)))].sort((a, b) => a - b);
}
