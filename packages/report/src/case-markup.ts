import type { Scoreboard, ScoredImage } from "@em-stellar/core";
import { type Case, constantClass, type Overlay } from "./drawn-case.js";
import { formatCount, formatScore, plural } from "./format.js";
import { type Html, html } from "./html.js";
import { ease, runLabel } from "./scores.js";
import { addressOf } from "./use.js";
import { wordingOf } from "./wording.js";

/** Where a case stands among the others, and in which page. */
interface CasePlace {
  readonly word: "worst" | "median" | "best" | undefined;
  readonly index: number;
  /** Of the ranking metric. */
  readonly label: string;
  /** The run folder as seen from the page. */
  readonly folder: string;
}

/** How many thumbnails stand in a row: of the choices, the first that leaves the fewest places of the last row empty. */
function perRow(count: number, choices: readonly number[]): number {
  const empty = (columns: number) => (columns - (count % columns)) % columns;
  return choices.reduce((best, columns) => (empty(columns) < empty(best) ? columns : best));
}

/** An image, its truth, a slider between truth and prediction, and a thumbnail of every prediction. */
export function caseMarkup(board: Scoreboard, drawn: Case, { word, index, label, folder }: CasePlace): Html {
  const { image, overlays, factor } = drawn;
  const mean = ease(board, image.id);
  const [width, height] = [Math.ceil(image.width / factor), Math.ceil(image.height / factor)];
  const box = html`viewBox="0 0 ${width} ${height}"`;
  const size = html`width="${width}" height="${height}"`;
  const available = overlays.map((overlay, i) => ({ ...overlay, id: `p${index}-${i}` }));
  const first = available.find((overlay) => overlay.drawn);
  const raw = drawn.raw && html`<use href="#i${index}"/>`;
  const columns = [perRow(available.length, [4, 5, 6, 3]), perRow(available.length, [3, 4, 5, 2])];
  return html`<article class="case"><h3>${image.id}${word && html` <span class="tag">${word}</span>`}</h3>
<p>${mean === undefined ? html`${label} is not defined on this image` : html`Mean ${label} ${formatScore(mean)}`} · ${image.width} × ${image.height} pixels${factor > 1 && `, shown at 1/${factor}`} · ${plural(drawn.objects, "object")} in the truth</p>
<svg class="store" width="0" height="0" aria-hidden="true"><defs>${drawn.raw && html`<image id="i${index}" ${size} href="${drawn.raw}"/>`}<image id="t${index}" ${size} href="${drawn.truth}"/>${available.map(
    ({ id, drawn }) => drawn && html`<image id="${id}" ${size} href="${drawn.url}"/>`,
  )}</defs></svg>
<div class="views">${image.image !== "" && html`<figure><svg ${box} role="img" aria-label="Raw image ${image.id}">${raw}</svg><figcaption><b>Raw image</b>${!drawn.raw && html`<small>missing or damaged: see the warnings</small>`}</figcaption></figure>`}
<figure><svg ${box} role="img" aria-label="Truth of ${image.id}">${raw}<use href="#t${index}"/></svg><figcaption><b>Truth</b><small>${plural(drawn.objects, "object")}</small></figcaption></figure>${
    first &&
    html`<figure class="compare" data-width="${width}" hidden><svg ${box} role="img" aria-label="Truth on the left of the line, prediction on its right">
<clipPath id="l${index}" class="left"><rect x="0" y="0" width="${width / 2}" height="${height}"/></clipPath><clipPath id="r${index}" class="right"><rect x="${width / 2}" y="0" ${size}/></clipPath>
${raw}<g clip-path="url(#l${index})"><use href="#t${index}"/></g><g clip-path="url(#r${index})"><use class="overlay" href="#${first.id}"/></g><line class="line" x1="${width / 2}" x2="${width / 2}" y1="0" y2="${height}"/></svg>
<input class="slider" type="range" min="0" max="100" value="50" step="0.5" aria-label="Boundary between truth and prediction of ${image.id}">
<figcaption><span>‹ truth</span><span><select aria-label="Prediction at the right of the line on ${image.id}">${available.map(
      ({ id, method, drawn }) => drawn && html`<option value="${id}">${method.name}</option>`,
    )}</select> ›</span></figcaption></figure>`
  }</div>
<div class="methods${available.length % 2 === 1 && " odd"}" style="--wide:${columns[0]};--medium:${columns[1]}">${available.map((overlay) => overlayMarkup(board, overlay, image, { box, raw, folder }))}</div></article>`;
}

function overlayMarkup(
  board: Scoreboard,
  { id, method, run, drawn }: Overlay & { id: string },
  image: ScoredImage,
  { box, raw, folder }: { box: Html; raw: Html | "" | undefined; folder: string },
): Html {
  const shownRun = !wordingOf(board).hasRuns ? undefined : method.kind === "ensemble" ? "one result" : runLabel(run);
  if (!drawn) {
    return html`<figure class="lost"><div>missing or damaged: see the warnings</div><figcaption><b>${method.name}</b>${shownRun && html`<small>${shownRun}</small>`}</figcaption></figure>`;
  }
  const { pixels } = drawn;
  const value = run.perImage.find((entry) => entry.image === image.id)?.values[board.rankedBy] ?? undefined;
  const address = `${folder}/${addressOf(`${run.predictions}/${image.id}.png`)}`;
  return html`<figure data-overlay="${id}"><svg ${box} role="img" aria-label="Prediction of ${method.name} against the truth of ${image.id}">${raw}<use href="#${id}"/></svg><figcaption><span class="title"><b>${method.name}</b> <span class="score">${value === undefined ? "not defined" : formatScore(value)}</span></span><small>${shownRun && `${shownRun} · `}<a href="${address}">mask</a></small><small class="counts"><span class="chip tp" title="true positive pixels">${formatCount(pixels.tp)}</span> <span class="chip fp" title="false positive pixels">${formatCount(pixels.fp)}</span> <span class="chip fn" title="false negative pixels">${formatCount(pixels.fn)}</span></small><small>${objectsText(drawn)}</small></figcaption></figure>`;
}

/** What became of the objects. A prediction of one class everywhere finds all or none, which says nothing about it. */
function objectsText({ pixels, objects }: NonNullable<Overlay["drawn"]>): string {
  const calls = constantClass(pixels);
  if (calls) return `calls every pixel ${calls}`;
  const merged = objects.merged > 0 ? ` (${objects.merged} merged)` : "";
  return `${objects.found} of ${plural(objects.truth, "object")} found${merged}, ${objects.extra} extra`;
}
