import type { ComponentRecord, MetricRecord, Results } from "@em-stellar/core";
import { html } from "./html.js";
import { methodsText } from "./methods-text.js";
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
    body: html`<h3>Methods paragraph <button type="button" class="copy" data-of="methods-text" hidden>Copy</button></h3><details><summary>Show the paragraph</summary><p class="paste" id="methods-text">${paragraph}</p></details>
<h3>BibTeX <button type="button" class="copy" data-of="bibtex" hidden>Copy</button></h3><details><summary>Show the entries</summary><pre><code id="bibtex">${entries.map((entry) => html`<span class="entry">${entry}\n\n</span>`)}</code></pre></details>`,
  };
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
