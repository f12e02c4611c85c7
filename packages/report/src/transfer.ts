import type { MetricRecord, Results, Transfer } from "@em-stellar/core";
import { formatRange, formatScore } from "./format.js";
import { heatColours, leastSpan } from "./heatmap.js";
import { type Html, html } from "./html.js";
import { formatLevel } from "./intervals.js";
import { metricLabel } from "./metrics.js";
import { type Section, scroll } from "./section.js";

type Cell = Transfer["cells"][number];

/** What networks trained on each of the suite's data score on the test images of all of them; undefined where there is one source. */
export function transferSection({ transfer, metrics, rankedBy }: Results): Section | undefined {
  if (!transfer || transfer.cells.length === 0) return undefined;
  const [first, others] = [metrics.filter(({ id }) => id === rankedBy), metrics.filter(({ id }) => id !== rankedBy)];
  const intervals = transfer.cells.some(({ scores }) => scores[rankedBy]?.interval);
  return {
    id: "transfer",
    title: "Transfer",
    heading: "Transfer to other data",
    style,
    body: html`${first.map((metric) => tableOf(transfer, metric))}
<p class="caption">Each row is a network with the images that it was trained on, each column the test images that it was scored on. Framed cells were trained and tested on the same data. Scores are the mean over trainings${
      intervals && html`; below them stand ${formatLevel(transfer.level)} intervals over test images`
    }. Brighter is better. Colours span the scores of the table, and at least a tenth of the metric’s range, so that small differences look small.</p>
${others.length > 0 && html`<details><summary>By the other scores</summary>${others.map((metric) => tableOf(transfer, metric))}</details>`}`,
  };
}

function tableOf({ sources, cells }: Transfer, metric: MetricRecord): Html {
  const names = sources.map(({ name }) => name);
  const methods = [...new Set(cells.map(({ method }) => method))];
  const means = cells.flatMap(({ scores }) => scores[metric.id]?.mean ?? []);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const best = metric.goal === "maximize" ? high : low;
  const span = Math.max(high - low, leastSpan(metric, low, high));
  const brightness = (mean: number) => (mean === best ? 1 : 1 - Math.abs(best - mean) / span);
  const label = metricLabel(metric);
  const rows = methods.flatMap((method) =>
    names.map((trainedOn, i) => {
      const row = names.map((testedOn) => {
        const cell = cells.find(
          (each) => each.method === method && each.trainedOn === trainedOn && each.testedOn === testedOn,
        );
        return cellMarkup(cell?.scores[metric.id], brightness, trainedOn === testedOn);
      });
      return html`<tr${i === 0 && html` class="first"`}><th scope="row">${method}<small>trained on ${trainedOn}</small></th>${row}</tr>`;
    }),
  );
  return scroll(
    `${label} by what was trained on and tested on`,
    html`<table class="transfer"><thead><tr><th scope="col">${label}${metric.goal === "minimize" && " ↓"}</th>${names.map(
      (name) => html`<th scope="col">tested on ${name}</th>`,
    )}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function cellMarkup(
  score: Cell["scores"][string] | undefined,
  brightness: (mean: number) => number,
  isOwn: boolean,
): Html {
  const classes = isOwn && html` class="own"`;
  if (!score || score.mean === null) return html`<td${classes}><span class="none">not defined</span></td>`;
  const { mean, interval } = score;
  const { fill, ink } = heatColours(brightness(mean));
  return html`<td${classes} style="background:${fill};color:${ink}">${formatScore(mean)}${
    interval !== null && html`<small>${formatRange(interval.low, interval.high)}</small>`
  }</td>`;
}

const style = `
.transfer { width: auto; border-collapse: separate; border-spacing: 3px; font-size: .85rem; }
.transfer th { border: 0; text-align: left; padding: .2rem .5rem .2rem 0; overflow-wrap: anywhere; min-width: 5rem; max-width: 15rem; }
.transfer th small, .transfer td small { display: block; font-weight: normal; font-size: .75rem; color: inherit; }
.transfer td { border: 0; border-radius: 3px; text-align: center; padding: .32rem .5rem; min-width: 5rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.transfer td.own { outline: 2px solid var(--ink); outline-offset: -1px; }
`;
