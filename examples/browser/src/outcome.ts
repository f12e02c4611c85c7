import type { MethodResult, Results } from "@em-stellar/core";
import { html } from "./element.js";
import { score } from "./format.js";
import type { Pictures } from "./messages.js";
import { ranked } from "./ranked.js";

/** The ranking: what learns by rank, and below it the floors. */
export function rankingTable(results: Results): HTMLTableElement {
  const order = ranked(results);
  const ids = results.metrics.map(({ id }) => id);
  const row = (method: MethodResult, rank: string) =>
    html(
      "tr",
      {},
      html("td", { class: "rank" }, rank),
      html("th", { scope: "row" }, method.name),
      ...ids.map((id) => {
        const value = method.pooled[id];
        const cell = html("td", {}, score(value));
        if (id === results.rankedBy) cell.append(html("i", { class: "bar", style: `--share: ${value ?? 0}` }));
        return cell;
      }),
    );
  const learners = order.filter(({ kind }) => kind !== "baseline");
  const floors = order.filter(({ kind }) => kind === "baseline");
  const heads = ["", "Method", ...ids.map((id) => id.replace(/^./, (first) => first.toUpperCase()))];
  return html(
    "table",
    { id: "ranking" },
    html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))),
    html("tbody", {}, ...learners.map((method, i) => row(method, String(i + 1)))),
    html(
      "tbody",
      { class: "floors" },
      html(
        "tr",
        {},
        html("td"),
        html("th", { colspan: ids.length + 1, scope: "rowgroup" }, "Floors: what needs no network"),
      ),
      ...floors.map((method) => row(method, "")),
    ),
  );
}

/** Whether networks beat the floors, in a sentence. */
export function verdict(results: Results): string {
  const order = ranked(results);
  const floor = order.find(({ kind }) => kind === "baseline");
  const networks = order.filter(({ kind }) => kind === "network");
  const best = networks[0];
  if (!floor || !best) return "";
  const [high, low] = [best, floor].map((method) => `${method.name} (${score(method.pooled[results.rankedBy])})`);
  return order.indexOf(best) < order.indexOf(floor)
    ? `The network ${high} beats the best floor, ${low}.`
    : `The network ${high} does not beat the best floor, ${low}. More steps may help.`;
}

/** Each test image above its truth and above what the best network finds. */
export function pictureRows(pictures: readonly Pictures[]): HTMLElement[] {
  const names = ["image", "truth", "network"];
  return pictures.map(({ image, files }) =>
    html(
      "figure",
      {},
      html("figcaption", {}, image),
      ...files.map((file, i) =>
        html("img", { src: URL.createObjectURL(file), alt: `${image}: ${names[i]}`, width: 128, height: 128 }),
      ),
    ),
  );
}
