import {
  compareScores,
  goalOf,
  isBaseline,
  type MetricRecord,
  type RankedMethod,
  type Scoreboard,
  summarise,
} from "@em-stellar/core";
import { colours, drawChart } from "./chart.js";
import { formatScore, plural, shorten } from "./format.js";
import { escapeHtml, type Html, html } from "./html.js";
import { metricLabel, rankingLabel } from "./metrics.js";
import { ease, scoreOnImage } from "./scores.js";
import type { Section } from "./section.js";
import { thin } from "./thin.js";
import { wordingOf } from "./wording.js";

const mostImages = 60;
const mostImagesOfOthers = 20;

/** Test images from the hardest to the easiest by the ranking metric; those without a score last. */
export function hardestFirst(board: Scoreboard): string[] {
  const goal = goalOf(board, board.rankedBy);
  const images = board.images.map(({ id }) => ({ id, ease: ease(board, id) }));
  return images
    .toSorted((a, b) => {
      if (a.ease === undefined || b.ease === undefined)
        return Number(a.ease === undefined) - Number(b.ease === undefined);
      return -compareScores(goal, a.ease, b.ease);
    })
    .map(({ id }) => id);
}

/** A strip of dots for each method, one dot for each test image, so that one bad image is seen for what it is. */
export async function perImageSection(
  board: Scoreboard,
  ranked: readonly RankedMethod[],
): Promise<Section | undefined> {
  const order = hardestFirst(board);
  const hardest = order[0];
  const scored = ranked.filter(({ method }) => method.runs.some((run) => run.perImage.length > 0));
  if (hardest === undefined || scored.length === 0) return undefined;
  const images = thin(order, mostImages);
  const words = wordingOf(board);
  const strips = await Promise.all(
    board.metrics.map(async (metric) => {
      const shown = metric.id === board.rankedBy ? images : thin(images, mostImagesOfOthers);
      return { metric, chart: await drawStrip(scored, shown, hardest, metric) };
    }),
  );
  const main = strips.find(({ metric }) => metric.id === board.rankedBy);
  const others = strips.filter((strip) => strip !== main && strip.chart);
  return {
    id: "images",
    title: "Image by image",
    body: html`<figure class="beside">${main?.chart && html`<div class="chart">${main.chart}</div>`}
<figcaption>${rankingLabel(board)} of every method on every ${words.image}: ${words.hasRuns ? "each dot is the mean over the method’s trainings" : "one dot each"}, the vertical bar is the mean of the dots. <span class="key dot"></span> <b>${hardest}</b> is the image that ${words.contenders} find hardest. ${
      images.length < order.length &&
      `Of ${order.length} images, ${images.length} are drawn, evenly spread from the hardest to the easiest. `
    }If one image is far from the rest for all methods, look at that image and its truth before you blame a ${words.hasRuns ? "network" : "method"}. The mean over images is not the pooled score of the ranking, which weights all pixels equally.</figcaption></figure>
${
  others.length > 0 &&
  html`<details><summary>The same for ${plural(others.length, "other metric")}${images.length > mostImagesOfOthers && `, on ${mostImagesOfOthers} of the images`}</summary><div class="charts">${others.map(
    ({ metric, chart }) => html`<div class="chart"><h3>${metricLabel(metric)}</h3>${chart}</div>`,
  )}</div></details>`
}`,
  };
}

async function drawStrip(
  ranked: readonly RankedMethod[],
  images: readonly string[],
  hardest: string,
  metric: MetricRecord,
): Promise<Html | undefined> {
  const names = ranked.map(({ method }) => shorten(method.name));
  const dots = ranked.flatMap(({ method }, row) =>
    images.flatMap((image) => {
      const value = scoreOnImage(method, image, metric.id);
      return value === undefined ? [] : [{ row, value, hardest: image === hardest }];
    }),
  );
  if (dots.length === 0) return undefined;
  const firstBaseline = ranked.findIndex(({ method }) => isBaseline(method));
  const [low, high] = axisOf(dots, firstBaseline);
  const inside = dots.filter(({ value }) => value >= low && value <= high);
  const off = ranked.flatMap((_, row) => {
    const values = dots.filter((dot) => dot.row === row).map(({ value }) => value);
    const [below, above] = [
      values.filter((value) => value < low).length,
      values.filter((value) => value > high).length,
    ];
    return [
      ...(below > 0 ? [{ row, text: `‹ ${plural(below, "image")} below`, end: false }] : []),
      ...(above > 0 ? [{ row, text: `${plural(above, "image")} above ›`, end: true }] : []),
    ];
  });
  const means = ranked.flatMap((_, row) => {
    const mean = summarise(dots.filter((dot) => dot.row === row).map(({ value }) => value))?.mean;
    return mean === undefined || mean < low || mean > high ? [] : [{ row, value: mean }];
  });
  const label = metricLabel(metric);
  const width = 338; // with the margins as wide as a phone
  const rowHeight = 40;
  const x = { field: "value", type: "quantitative" as const };
  const values = dots.map(({ value }) => value);
  const dotsAt = 10; // below the name of the row
  return drawChart(
    {
      width,
      height: rowHeight * ranked.length,
      encoding: {
        y: {
          field: "row",
          type: "ordinal",
          scale: { domain: ranked.map((_, row) => row) },
          axis: null,
        },
      },
      layer: [
        {
          data: { values: names.map((text, row) => ({ text, row })) },
          mark: { type: "text", align: "left", baseline: "top", dy: -rowHeight / 2 + 5, fontSize: 12 },
          encoding: { x: { value: 2 }, text: { field: "text" } },
        },
        {
          data: { values: names.map((_, row) => ({ row })) },
          mark: { type: "rule", stroke: colours.rule, strokeWidth: 1, yOffset: dotsAt },
          encoding: { x: { value: 0 }, x2: { value: width } },
        },
        {
          data: { values: means },
          mark: { type: "tick", thickness: 2, size: 14, color: colours.ink, orient: "vertical", yOffset: dotsAt },
          encoding: {
            x: {
              ...x,
              scale: { domain: [low, high], zero: false, nice: false, padding: 8 },
              axis: { orient: "top", title: null, tickCount: 6, domain: false, ticks: false, format: "~g" },
            },
          },
        },
        {
          data: { values: inside.toSorted((a, b) => Number(a.hardest) - Number(b.hardest)) },
          mark: { type: "point", filled: true, size: 40, strokeWidth: 1, stroke: colours.paper, yOffset: dotsAt },
          encoding: {
            x,
            fill: { condition: { test: "datum.hardest", value: colours.accent }, value: colours.muted },
            opacity: { condition: { test: "datum.hardest", value: 1 }, value: 0.6 },
          },
        },
        ...[false, true].map((end) => ({
          data: { values: off.filter((note) => note.end === end) },
          mark: {
            type: "text" as const,
            align: "right" as const,
            color: colours.muted,
            dy: -rowHeight / 2 + 11,
          },
          encoding: { x: { value: width - 2 }, text: { field: "text" } },
        })),
        ...(firstBaseline > 0
          ? [
              {
                data: { values: [{}] },
                mark: { type: "rule" as const, stroke: colours.muted, strokeWidth: 1 },
                encoding: {
                  x: { value: 0 },
                  x2: { value: width },
                  y: { datum: firstBaseline, type: "ordinal" as const, bandPosition: 0 },
                },
              },
            ]
          : []),
      ],
    },
    { left: 10, right: 10, top: 28, bottom: 4 },
    escapeHtml(
      `${label} of ${ranked.length} methods on ${images.length} images, from ${formatScore(Math.min(...values))} to ${formatScore(Math.max(...values))}.`,
    ),
  );
}

/** From the lowest to the highest dot of networks, ensembles and the best floor: a constant at 0 would press all else together. */
function axisOf(dots: readonly { row: number; value: number }[], firstBaseline: number): [low: number, high: number] {
  const main = firstBaseline > 0 ? dots.filter(({ row }) => row <= firstBaseline) : dots;
  const values = (main.length > 0 ? main : dots).map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 0.05, high + 0.05] : [low, high];
}
