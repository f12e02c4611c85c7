import type { Answer } from "./answer.js";
import { type Html, html, trusted } from "./html.js";
import { script } from "./script.js";
import { navigation, renderSection, type Section, sectionStyles } from "./section.js";
import { pageStyle } from "./style/page-style.js";
import { printStyle } from "./style/print-style.js";

/** What stands above everything else. */
interface Heading {
  /** What kind of page this is: `Benchmark of EM segmentation`. */
  readonly kind: string;
  readonly title: string;
  /** When the results were complete, ISO 8601. */
  readonly finished: string;
  /** The results' folder as seen from the page. */
  readonly folder?: string;
  /** What every number follows from; by default the results of a run. */
  readonly source?: string;
}

/** The whole document of the sections that are there: nothing in it asks for anything from elsewhere, and its policy forbids it to. */
export function page(
  { kind, title, finished, folder, source }: Heading,
  answer: Answer,
  given: readonly (Section | undefined)[],
  paletteStyle: Html,
): string {
  const sections = given.filter((section): section is Section => section !== undefined);
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}: EM-stellar report</title>
<style>${trusted(pageStyle + sectionStyles(sections) + printStyle)}${paletteStyle}</style>
</head>
<body${folder !== undefined && html` data-folder="${folder}"`}>
<nav aria-label="Sections"><b>EM-stellar</b>${navigation(sections)}</nav>
<div class="page">
<header><p class="over">${kind} · finished ${finishedAt(finished)}</p><h1>${title}</h1>
<p class="lead">${answer.lead}</p>${answer.limits.length > 0 && html`<ul>${answer.limits.map((limit) => html`<li>${limit}</li>`)}</ul>`}</header>
<main>${sections.map(renderSection)}</main>
<footer>Made by EM-stellar from <code>${source ?? "results.json"}</code>; every number and sentence on this page follows from it${source === undefined && " and from the stored predictions"}.</footer>
</div>
<script>${trusted(script)}</script>
</body>
</html>
`.markup;
}

/** `2026-03-01 14:05 UTC`, or the text as it is where it is not a date. */
function finishedAt(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
