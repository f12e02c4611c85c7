import {
  chosenRun,
  isBaseline,
  type RankedMethod,
  type RunStore,
  type Scoreboard,
  type ScoredImage,
  type ScoredMethod,
} from "@em-stellar/core";
import { caseMarkup } from "./case-markup.js";
import { type Case, constantClass, drawCase, type ShownRun } from "./drawn-case.js";
import { plural } from "./format.js";
import { type Html, html, listed, trusted } from "./html.js";
import { rankingLabel } from "./metrics.js";
import { type Palette, palettes } from "./overlay.js";
import { hardestFirst } from "./per-image.js";
import { recordedHashes } from "./recorded-hashes.js";
import type { Section } from "./section.js";
import type { LostPicture } from "./stored-map.js";
import { picturesStyle } from "./style/pictures-style.js";
import type { ConstantPrediction } from "./warnings.js";
import { wordingOf } from "./wording.js";

/** The pictures and what was noticed while they were drawn. */
interface Pictures {
  readonly section: Section | undefined;
  readonly constant: readonly ConstantPrediction[];
  /** Those that should have been drawn, once each. */
  readonly lost: readonly LostPicture[];
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
  { store, palette, budget, folder }: { store: RunStore; palette: Palette; budget: number; folder: string },
): Promise<Pictures> {
  const runs = ranked.flatMap(({ method }) => {
    const run = chosenRun(method, board);
    return run ? [{ method, run }] : [];
  });
  const order = pictureOrder(hardestFirst(board));
  const cases: { place: Place; drawn: Case }[] = [];
  const missing: string[] = [];
  const lost = new Map<string, LostPicture>();
  const lose = (picture: LostPicture) => lost.set(picture.path, picture);
  const shown: ShownRun[] = [];
  for (const each of runs.slice(0, mostMethods)) {
    shown.push({ ...each, hashes: await recordedHashes(store, each.run.predictions, lose) });
  }
  const draw = (image: ScoredImage, side: number) => drawCase(store, image, shown, { palette, side, lose });
  let side = sides[0] as number;
  let left = budget;
  for (const place of order) {
    if (cases.length === mostImages) break;
    const image = board.images.find(({ id }) => id === place.id) as ScoredImage; // the order is made of them
    let drawn = await draw(image, side);
    if (!drawn) {
      missing.push(place.id);
      continue;
    }
    if (cases.length === 0) {
      // The first image tells how large all can be, so that at least the worst, the median and the best find room.
      for (const smaller of sides.slice(1)) {
        if (drawn.size * Math.min(3, order.length) <= budget) break;
        side = smaller;
        drawn = (await draw(image, side)) ?? drawn;
      }
    }
    if (drawn.size > left) break;
    left -= drawn.size;
    cases.push({ place, drawn });
  }
  if (order.length === 0 || runs.length === 0) return { section: undefined, constant: [], lost: [] };
  const words = wordingOf(board);
  const leftOut = order.length - cases.length - missing.length;
  const notes = [
    leftOut > 0 &&
      html`${cases.length} of ${order.length} ${words.image}s are here (${listed(cases.flatMap(({ place }) => place.word ?? []))}${cases.length > 3 && ", then the next worst"}), so that this page stays small${words.hasRuns && "; all predictions are in the run folder"}. `,
    runs.length > shown.length && html`Of ${runs.length} methods, the ${shown.length} that rank highest are shown. `,
    missing.length > 0 &&
      html`The truth of ${listed(missing)} could not be read from the run folder, so ${missing.length === 1 ? "it is" : "they are"} not shown. `,
  ];
  return {
    section: section(board, cases, notes, { palette, folder }),
    constant: constantPredictions(cases.map(({ drawn }) => drawn)),
    lost: [...lost.values()],
  };
}

interface Look {
  readonly palette: Palette;
  /** The run folder as seen from the page. */
  readonly folder: string;
}

function section(
  board: Scoreboard,
  cases: readonly { place: Place; drawn: Case }[],
  notes: readonly (Html | false)[],
  { palette, folder }: Look,
): Section {
  const label = rankingLabel(board);
  const { words } = palettes[palette];
  const { contenders, hasRuns } = wordingOf(board);
  const dull = dullFloors(cases.map(({ drawn }) => drawn));
  const markups = cases.map(({ place, drawn }, i) => {
    const overlays = drawn.overlays.filter(({ method }) => !dull.has(method.name));
    return {
      word: place.word,
      markup: caseMarkup(board, { ...drawn, overlays }, { word: place.word, index: i, label, folder }),
    };
  });
  const others = markups.filter(({ word }) => word === undefined);
  const undrawn = [...dull].map(
    ([name, calls]) => html`<b>${name}</b> calls every pixel ${calls}, so it is not drawn. `,
  );
  return {
    id: "pictures",
    title: "Pictures",
    classes: palette,
    style: picturesStyle,
    body: html`<p class="legend"><span class="chip tp">true positive: object, and found (${words.tp})</span> <span class="chip fp">false positive: predicted as object, but is not (${words.fp})</span> <span class="chip fn">false negative: object that was missed (${words.fn})</span>${palette === "paper" && html` <span class="chip tn">true negative (${words.tn})</span>`}</p>
<p class="caption">${
      hasRuns
        ? html`For each method, the training with the best validation ${label} is shown, never one chosen by its test score. The number beside its name is that training’s ${label} on this image, and the numbers beside the coloured squares count pixels.`
        : html`The number beside a method’s name is its ${label} on this image, and the numbers beside the coloured squares count pixels.`
    } ${undrawn}${notes}</p>
<details><summary>How images are ordered and objects counted</summary><p class="caption">Worst, median and best are by the mean ${label} of all ${contenders} on an image. An object is a 4-connected region. It counts as found if at least half of it is covered, and a predicted object counts as extra if more than half of it is in the background. Found objects that the same predicted object covers are merged: object metrics require one predicted object for each true one, so they count at most one of them.</p></details>
${markups.filter(({ word }) => word !== undefined).map(({ markup }) => markup)}
${others.length > 0 && html`<details class="others"><summary>${plural(others.length, "more image")}, the worst first</summary>${others.map(({ markup }) => markup)}</details>`}`,
  };
}

/** Floors that call every pixel of every picture the same, and what: pictures of them show nothing. */
function dullFloors(cases: readonly Case[]): Map<string, ConstantPrediction["calls"]> {
  return new Map(
    constantMethods(cases).flatMap(({ method, calls }) => (isBaseline(method) ? [[method.name, calls]] : [])),
  );
}

/** Networks and ensembles that call every pixel of every picture the same. */
function constantPredictions(cases: readonly Case[]): ConstantPrediction[] {
  return constantMethods(cases).flatMap(({ method, calls }) =>
    isBaseline(method) ? [] : [{ method: method.name, calls }],
  );
}

function constantMethods(
  cases: readonly Case[],
): { readonly method: ScoredMethod; readonly calls: ConstantPrediction["calls"] }[] {
  const [first] = cases;
  if (!first) return [];
  return first.overlays.flatMap(({ method }, i) => {
    const classes = cases.map(({ overlays }) => {
      const pixels = overlays[i]?.drawn?.pixels;
      return pixels && constantClass(pixels);
    });
    const [calls] = classes;
    return calls !== undefined && classes.every((each) => each === calls) ? [{ method, calls }] : [];
  });
}

/** The colours of the legend, from the palette that the pictures are painted with. */
export function paletteStyle(palette: Palette): Html {
  const [tn, tp, fp, fn] = palettes[palette].classes;
  const css = ({ edge: [red, green, blue] }: typeof tn) => `rgb(${red} ${green} ${blue})`;
  return trusted(`:root{--tn:${css(tn)};--tp:${css(tp)};--fp:${css(fp)};--fn:${css(fn)}}`);
}
