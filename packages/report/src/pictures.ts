import {
  binarize,
  chosenRun,
  isFloor,
  type RankedMethod,
  type RunStore,
  type Scoreboard,
  type ScoredImage,
  type ScoredMethod,
  type ScoredRun,
} from "@em-stellar/core";
import { formatCount, formatScore, plural } from "./format.js";
import { type Html, html, listed, trusted } from "./html.js";
import { rankingLabel } from "./metrics.js";
import { compareObjects, findObjects, type ObjectCounts } from "./objects.js";
import {
  classify,
  countPixels,
  overlayPng,
  type Palette,
  type PixelCounts,
  palettes,
  shrinkClasses,
} from "./overlay.js";
import { hardestFirst } from "./per-image.js";
import { dataUrl, previewPng, shrinkFactor } from "./picture-file.js";
import { ease, runLabel } from "./scores.js";
import type { Section } from "./section.js";
import { readMap } from "./stored-map.js";
import type { ConstantPrediction } from "./warnings.js";
import { wordingOf } from "./wording.js";

/** The pictures and what was noticed while they were drawn. */
interface Pictures {
  readonly section: Section | undefined;
  readonly constant: readonly ConstantPrediction[];
}

/** One method's prediction of one image, as the page shows it. */
interface Overlay {
  readonly method: ScoredMethod;
  readonly run: ScoredRun;
  /** Undefined where the run folder has no readable prediction of the image's size. */
  readonly drawn: { readonly url: string; readonly pixels: PixelCounts; readonly objects: ObjectCounts } | undefined;
}

interface Case {
  readonly image: ScoredImage;
  readonly factor: number;
  readonly raw: string | undefined;
  readonly truth: string;
  readonly objects: number;
  readonly overlays: readonly Overlay[];
  /** Bytes of all its pictures. */
  readonly size: number;
}

interface Place {
  readonly id: string;
  readonly word: "worst" | "median" | "best" | undefined;
}

const sides = [512, 384, 256];
const mostMethods = 24;
const mostImages = 12;

/** The worst, the median and the best image first, then the others from the worst on. */
export function pictureOrder(hardest: readonly string[]): Place[] {
  const last = hardest.length - 1;
  const named = new Map<number, Place["word"]>();
  if (last >= 0) named.set(0, "worst");
  if (last >= 2) named.set(Math.floor(last / 2), "median");
  if (last >= 1) named.set(last, "best");
  const rest = hardest.map((_, i) => i).filter((i) => !named.has(i));
  return [...named.keys(), ...rest].map((i) => ({ id: hardest[i] as string, word: named.get(i) }));
}

/** The images that a page may show, those first that it shows in any case. */
export function candidates(board: Scoreboard): string[] {
  return pictureOrder(hardestFirst(board))
    .slice(0, mostImages)
    .map(({ id }) => id);
}

/** Draws as many test images as the budget of bytes allows: all of the chosen methods on each. */
export async function drawPictures(
  board: Scoreboard,
  ranked: readonly RankedMethod[],
  { store, palette, budget }: { store: RunStore; palette: Palette; budget: number },
): Promise<Pictures> {
  const runs = ranked.flatMap(({ method }) => {
    const run = chosenRun(method, board);
    return run ? [{ method, run }] : [];
  });
  const shown = runs.slice(0, mostMethods);
  const order = pictureOrder(hardestFirst(board));
  const cases: { place: Place; drawn: Case }[] = [];
  const missing: string[] = [];
  let side = sides[0] as number;
  let left = budget;
  for (const place of order) {
    if (cases.length === mostImages) break;
    const image = board.images.find(({ id }) => id === place.id) as ScoredImage; // the order is made of them
    let drawn = await drawCase(store, image, shown, palette, side);
    if (!drawn) {
      missing.push(place.id);
      continue;
    }
    if (cases.length === 0) {
      // The first image tells how large all can be, so that at least the worst, the median and the best find room.
      for (const smaller of sides.slice(1)) {
        if (drawn.size * Math.min(3, order.length) <= budget) break;
        side = smaller;
        drawn = (await drawCase(store, image, shown, palette, side)) ?? drawn;
      }
    }
    if (drawn.size > left) break;
    left -= drawn.size;
    cases.push({ place, drawn });
  }
  if (order.length === 0 || runs.length === 0) return { section: undefined, constant: [] };
  const words = wordingOf(board);
  const leftOut = order.length - cases.length - missing.length;
  const notes = [
    leftOut > 0 &&
      html`${cases.length} of ${order.length} ${words.image}s are shown (${listed(cases.flatMap(({ place }) => place.word ?? []))}${cases.length > 3 && " first, then the next worst"}), so that this page stays small${words.hasRuns && "; all predictions are in the run folder"}. `,
    runs.length > shown.length && html`Of ${runs.length} methods, the ${shown.length} that rank highest are shown. `,
    missing.length > 0 &&
      html`The truth of ${listed(missing)} could not be read from the run folder, so ${missing.length === 1 ? "it is" : "they are"} not shown. `,
  ];
  return {
    section: section(board, cases, notes, palette),
    constant: constantPredictions(cases.map(({ drawn }) => drawn)),
  };
}

async function drawCase(
  store: RunStore,
  image: ScoredImage,
  shown: readonly { method: ScoredMethod; run: ScoredRun }[],
  palette: Palette,
  side: number,
): Promise<Case | undefined> {
  const truthMap = await readMap(store, image.truth);
  if (!truthMap) return undefined;
  const { width, height } = truthMap;
  const factor = shrinkFactor(width, height, side);
  const [smallWidth, smallHeight] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const draw = (classes: Uint8Array) =>
    dataUrl(overlayPng(shrinkClasses(classes, width, height, factor), smallWidth, smallHeight, palette));
  const truth = binarize(truthMap, 0.5);
  const trueObjects = findObjects(truth, width);
  const rawMap = await readMap(store, image.image);
  const raw = rawMap?.width === width && rawMap.height === height ? dataUrl(previewPng(rawMap, factor)) : undefined;
  const overlays: Overlay[] = [];
  for (const { method, run } of shown) {
    const map = await readMap(store, `${run.predictions}/${image.id}.png`);
    if (map?.width !== width || map.height !== height) {
      overlays.push({ method, run, drawn: undefined });
      continue;
    }
    const prediction = binarize(map, run.threshold);
    const classes = classify(truth, prediction);
    const objects = compareObjects(trueObjects, findObjects(prediction, width));
    overlays.push({ method, run, drawn: { url: draw(classes), pixels: countPixels(classes), objects } });
  }
  const truthUrl = draw(classify(truth, truth));
  const urls = [raw ?? "", truthUrl, ...overlays.map(({ drawn }) => drawn?.url ?? "")];
  return {
    image,
    factor,
    raw,
    truth: truthUrl,
    objects: trueObjects.count,
    overlays,
    size: urls.reduce((sum, url) => sum + url.length + 1200, 0), // 1200: the markup around a picture
  };
}

function section(
  board: Scoreboard,
  cases: readonly { place: Place; drawn: Case }[],
  notes: readonly (Html | false)[],
  palette: Palette,
): Section {
  const label = rankingLabel(board);
  const { words } = palettes[palette];
  const { contenders, hasRuns } = wordingOf(board);
  return {
    id: "pictures",
    title: "Pictures",
    classes: palette,
    body: html`<p class="legend"><span class="chip tp">true positive: object, and found (${words.tp})</span> <span class="chip fp">false positive: called object, but is not (${words.fp})</span> <span class="chip fn">false negative: object that was missed (${words.fn})</span>${palette === "paper" && html` <span class="chip tn">true negative (${words.tn})</span>`}</p>
<p class="caption">Images are ordered worst, median, best and then the rest, by the mean ${label} of all ${contenders} on them. ${
      hasRuns
        ? html`Of each method the run is shown that did best on its validation images by ${label}, never one picked by its test score; the number beside its name is that run’s ${label} on this image.`
        : html`The number beside a method’s name is its ${label} on this image.`
    } An object is a 4-connected region; it counts as found where at least half of it is covered, and a predicted object as extra where more than half of it lies in the background. Found objects that one predicted object covers together are merged: object metrics, which ask for one predicted object for each true one, count at most one of them. ${notes}</p>
${cases.map(({ place, drawn }, i) => caseMarkup(board, place, drawn, i, label))}`,
  };
}

function caseMarkup(board: Scoreboard, { word }: Place, drawn: Case, index: number, label: string): Html {
  const { image, overlays, factor } = drawn;
  const mean = ease(board, image.id);
  const [width, height] = [Math.ceil(image.width / factor), Math.ceil(image.height / factor)];
  const box = html`viewBox="0 0 ${width} ${height}"`;
  const size = html`width="${width}" height="${height}"`;
  const available = overlays.map((overlay, i) => ({ ...overlay, id: `p${index}-${i}` }));
  const first = available.find((overlay) => overlay.drawn);
  const raw = drawn.raw && html`<use href="#i${index}"/>`;
  return html`<article class="case"><h3>${image.id}${word && html` <span class="tag">${word}</span>`}</h3>
<p>${mean === undefined ? html`${label} is not defined on this image` : html`Mean ${label} ${formatScore(mean)}`} · ${image.width} × ${image.height} pixels${factor > 1 && `, shown at 1/${factor}`} · ${plural(drawn.objects, "object")} in the truth</p>
<svg class="store" width="0" height="0" aria-hidden="true"><defs>${drawn.raw && html`<image id="i${index}" ${size} href="${drawn.raw}"/>`}<image id="t${index}" ${size} href="${drawn.truth}"/>${available.map(
    ({ id, drawn }) => drawn && html`<image id="${id}" ${size} href="${drawn.url}"/>`,
  )}</defs></svg>
<div class="pictures">${
    first &&
    html`<figure class="compare" data-width="${width}" hidden><svg ${box} role="img" aria-label="Truth on the left of the line, prediction on its right">
<clipPath id="l${index}" class="left"><rect x="0" y="0" width="${width / 2}" height="${height}"/></clipPath><clipPath id="r${index}" class="right"><rect x="${width / 2}" y="0" ${size}/></clipPath>
${raw}<g clip-path="url(#l${index})"><use href="#t${index}"/></g><g clip-path="url(#r${index})"><use class="overlay" href="#${first.id}"/></g><line class="line" x1="${width / 2}" x2="${width / 2}" y1="0" y2="${height}"/></svg>
<input class="slider" type="range" min="0" max="100" value="50" step="0.5" aria-label="Boundary between truth and prediction">
<figcaption><span>‹ truth</span><label>compared with <select>${available.map(
      ({ id, method, drawn }) => drawn && html`<option value="${id}">${method.name}</option>`,
    )}</select> ›</label></figcaption></figure>`
  }${image.image !== "" && html`<figure><svg ${box} role="img" aria-label="Raw image">${raw}</svg><figcaption><b>Raw image</b>${!drawn.raw && html`<small>not in the run folder</small>`}</figcaption></figure>`}
<figure><svg ${box} role="img" aria-label="Truth">${raw}<use href="#t${index}"/></svg><figcaption><b>Truth</b><small>${plural(drawn.objects, "object")}</small></figcaption></figure>
${available.map((overlay) => overlayMarkup(board, overlay, image, box, raw))}</div></article>`;
}

function overlayMarkup(
  board: Scoreboard,
  { id, method, run, drawn }: Overlay & { id: string },
  image: ScoredImage,
  box: Html,
  raw: Html | "" | undefined,
): Html {
  const shownRun = !wordingOf(board).hasRuns ? undefined : method.kind === "ensemble" ? "one result" : runLabel(run);
  if (!drawn) {
    return html`<figure class="lost"><div>not in the run folder, or not readable</div><figcaption><b>${method.name}</b>${shownRun && html`<small>${shownRun}</small>`}</figcaption></figure>`;
  }
  const { pixels, objects } = drawn;
  const value = run.perImage.find((entry) => entry.image === image.id)?.values[board.rankedBy] ?? undefined;
  return html`<figure data-overlay="${id}"><svg ${box} role="img" aria-label="Prediction of ${method.name} against the truth">${raw}<use href="#${id}"/></svg><figcaption><span class="title"><b>${method.name}</b> <span class="score">${value === undefined ? "not defined" : formatScore(value)}</span></span>${shownRun && html`<small>${shownRun}</small>`}<small class="counts"><span class="chip tp" title="true positive pixels">${formatCount(pixels.tp)}</span> <span class="chip fp" title="false positive pixels">${formatCount(pixels.fp)}</span> <span class="chip fn" title="false negative pixels">${formatCount(pixels.fn)}</span> px</small><small>${objects.found} of ${plural(objects.truth, "object")} found${objects.merged > 0 && `, ${objects.merged} of them merged`}, ${objects.extra} extra</small></figcaption></figure>`;
}

function constantPredictions(cases: readonly Case[]): ConstantPrediction[] {
  const [first] = cases;
  if (!first) return [];
  return first.overlays.flatMap(({ method }, i): ConstantPrediction[] => {
    const counts = cases.map(({ overlays }) => overlays[i]?.drawn?.pixels);
    if (isFloor(method) || counts.some((count) => count === undefined)) return [];
    const drawn = counts as PixelCounts[]; // none is undefined here
    if (drawn.every(({ tp, fp }) => tp + fp === 0)) return [{ method: method.name, calls: "background" }];
    if (drawn.every(({ tn, fn }) => tn + fn === 0)) return [{ method: method.name, calls: "object" }];
    return [];
  });
}

/** The colours of the legend, from the palette that the pictures are painted with. */
export function paletteStyle(palette: Palette): Html {
  const [tn, tp, fp, fn] = palettes[palette].classes;
  const css = ({ edge: [red, green, blue] }: typeof tn) => `rgb(${red} ${green} ${blue})`;
  return trusted(`:root{--tn:${css(tn)};--tp:${css(tp)};--fp:${css(fp)};--fn:${css(fn)}}`);
}
