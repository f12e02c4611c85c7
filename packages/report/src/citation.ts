import type { ComponentRecord, MetricRecord, Results } from "@em-stellar/core";
import { formatValue, plural } from "./format.js";
import { html } from "./html.js";
import { formatLevel } from "./intervals.js";
import { metricLabel, metricOf, positiveClass } from "./metrics.js";
import { seedsOf } from "./provenance.js";
import { repeats } from "./scores.js";
import type { Section } from "./section.js";

/** The publication to cite for a component, or undefined where none is known. */
export type CitationLookup = (kind: string, id: string) => string | undefined;

const paper = `@article{khadangi2021emstellar,
  title   = {{EM-stellar}: benchmarking deep learning for electron microscopy image segmentation},
  author  = {Khadangi, Afshin and Boudier, Thomas and Rajagopal, Vijay},
  journal = {Bioinformatics},
  volume  = {37},
  number  = {1},
  pages   = {97--106},
  year    = {2021},
  doi     = {10.1093/bioinformatics/btaa1094}
}`;

/** A methods paragraph and BibTeX entries to paste into a paper. */
export function citationSection(results: Results, citation: CitationLookup): Section {
  const components = results.methods.flatMap((method) => method.components);
  return pasteSection(methodsText(results), bibtexOf([...components, ...metricComponents(results.metrics)], citation));
}

/** A paragraph and BibTeX entries, each with a button that copies it. */
export function pasteSection(paragraph: string, entries: readonly string[]): Section {
  return {
    id: "cite",
    title: "Cite",
    heading: "Cite in your paper",
    style: `
.paste { background: var(--raised); padding: .9rem 1.1rem; border-radius: 6px; max-width: 84ch; overflow-wrap: anywhere; }
.entry { display: block; }
@media print { .paste, .entry { break-inside: avoid; } }
`,
    body: html`<h3>Methods paragraph <button type="button" class="copy" data-of="methods-text" hidden>Copy</button></h3><p class="paste" id="methods-text">${paragraph}</p>
<h3>BibTeX <button type="button" class="copy" data-of="bibtex" hidden>Copy</button></h3><details><summary>Show the entries</summary><pre><code id="bibtex">${entries.map((entry) => html`<span class="entry">${entry}\n\n</span>`)}</code></pre></details>`,
  };
}

/** `2000 steps`, `at most 2000 steps`, `30 minutes`. */
function trainingLength({ steps, minutes, earlyStopping }: Results["training"]): string | undefined {
  const length =
    typeof steps === "number"
      ? plural(steps, "step")
      : typeof minutes === "number"
        ? plural(minutes, "minute")
        : undefined;
  const mayEndSooner = Boolean(earlyStopping) || (typeof steps === "number" && typeof minutes === "number");
  return length !== undefined && mayEndSooner ? `at most ${length}` : length;
}

/** What was done, in sentences, from what the results record; what they do not record is not said. */
function methodsText(results: Results): string {
  const { data, training, methods, metrics, environment } = results;
  const of = (kind: string) => methods.filter((method) => method.kind === kind);
  const [networks, ensembles, baselines] = [of("network"), of("ensemble"), of("baseline")];
  const parts = (kind: string) =>
    unique(networks.flatMap(({ components }) => components.filter((part) => part.kind === kind)));
  const { folds, seeds } = repeats(results);
  const { patch, batchSize, checkpoints, threshold } = training;
  const length = trainingLength(training);
  const version = environment["em-stellar"];
  const criterion = Array.isArray(checkpoints) && typeof checkpoints[0] === "string" ? checkpoints[0] : undefined;
  const extended = networks.flatMap(({ name, runs }) => (runs.some((run) => run.extended) ? [name] : []));
  const classes = [...new Set(metrics.map(positiveClass))].filter((name) => name !== undefined);
  const sentences = [
    networks.length > 0 &&
      `${plural(networks.length, "segmentation network")} (${networks.map(({ name }) => name).join(", ")}) ${networks.length === 1 ? "was" : "were"} benchmarked with EM-stellar${version ? ` ${version}` : ""} on ${plural(data.train, "training image")} and ${plural(data.test, "held-out test image")} (data set "${results.suite}").`,
    data.folds.length > 0 &&
      `The training images were split into ${plural(folds, "fold")}${data.groups.length > 0 ? `, images of one group (${plural(data.groups.length, "group")}) kept together` : ""}; for each fold every network was trained anew from ${plural(seeds, "seed")} (${seedsOf(results).join(", ")}).`,
    length !== undefined &&
      `Each training took ${length}${typeof batchSize === "number" && typeof patch === "number" ? ` of ${batchSize} patches of ${patch} × ${patch} pixels` : ""}${described("optimizer", parts("optimizer"))}${described("loss", parts("loss"))}.`,
    extended.length > 0 &&
      `${extended.length === networks.length ? "The trainings were" : `Those of ${extended.join(", ")} were`} first planned shorter, and then went on to this length.`,
    criterion && `The weights with the best validation ${metricLabel(metricOf(results, criterion))} were kept.`,
    `Whole test images were predicted and called object above a probability of ${threshold === "validation" ? "a threshold chosen on validation images" : "0.5"}; ${metrics.map(metricLabel).join(", ")} ${metrics.length === 1 ? "was" : "were"} computed over all pixels of all test images${classes.length === 1 ? `, with the ${classes[0]} as the positive class` : ""}.`,
    ensembles.length > 0 &&
      `Ensembles (${ensembles.map(({ name }) => name).join(", ")}) combine the models that ranked highest on validation images.`,
    baselines.length > 0 &&
      `Floors without learnt features (${baselines.map(({ name }) => name).join(", ")}) were fitted on the same training images.`,
    `Scores are means over folds and seeds.`,
    intervalsText(results),
    environment.backend &&
      `Computations ran on ${environment.device?.startsWith(environment.backend) ? environment.device : [environment.backend, environment.device].filter(Boolean).join(", ")}.`,
  ];
  return sentences.filter((sentence) => typeof sentence === "string" && sentence !== "").join(" ");
}

function intervalsText({ statistics, data }: Results): string | false {
  if (!statistics || data.test < 2) return false;
  const { level, units, resamples, exact } = statistics;
  const draws = exact ? "all possible resamples" : plural(resamples, "resample");
  return `Intervals are ${formatLevel(level)} bias-corrected and accelerated bootstrap confidence intervals over ${units.kind === "images" ? "test images" : "groups of test images"} (${draws}); methods were compared with the leader by two-sided Wilcoxon signed-rank tests over ${units.kind} with Holm’s correction.`;
}

function described(role: string, parts: readonly ComponentRecord[]): string {
  if (parts.length === 0) return "";
  const each = parts.map(({ id, options }) => {
    const listed = Object.entries(options).map(([name, value]) => `${name} ${formatValue(value)}`);
    return listed.length === 0 ? id : `${id} (${listed.join(", ")})`;
  });
  return `${role === "optimizer" ? " with the optimizer" : " on the loss"} ${each.join(" or ")}`;
}

function unique(parts: readonly ComponentRecord[]): ComponentRecord[] {
  return [...new Map(parts.map((part) => [JSON.stringify([part.id, part.options]), part])).values()];
}

/** The metrics of results as components, without what sets apart those that are there twice: `f1:background` is `f1`. */
export function metricComponents(metrics: readonly MetricRecord[]) {
  return metrics.map(({ id, citation }) => ({
    kind: "metric",
    id: id.split(":")[0] ?? id,
    ...(citation !== undefined && { citation }),
  }));
}

/** The paper's entry and one for each component whose publication is known. A citation that is BibTeX already stays as it is. */
export function bibtexOf(
  components: readonly Pick<ComponentRecord, "kind" | "id" | "citation">[],
  citation: CitationLookup,
): string[] {
  const parts = new Map(components.map((component) => [`${component.kind}-${component.id}`, component]));
  const entries = [...parts].flatMap(([key, { kind, id, citation: recorded }]) => {
    const text = recorded ?? citation(kind, id);
    if (!text) return [];
    return [text.startsWith("@") ? text : `@misc{${key},\n  note = {${text.replace(/[{}\\]/g, "")}}\n}`];
  });
  return [paper, ...new Set(entries)];
}
