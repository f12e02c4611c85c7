import { goalOf, type MethodResult, methodScore, type RankedMethod, type Results } from "@em-stellar/core";
import { useState } from "preact/hooks";
import { score as scoreText } from "../../app/words.js";

/** Every method with its scores on the test images, best first; floors stand below. */
export function Ranking({
  results,
  ranked,
}: {
  readonly results: Results;
  readonly ranked: readonly RankedMethod<MethodResult>[];
}) {
  const [sortedBy, setSortedBy] = useState(results.rankedBy);
  const metrics = [...results.metrics].sort(
    (a, b) => Number(b.id === results.rankedBy) - Number(a.id === results.rankedBy),
  );
  const sign = goalOf(results, sortedBy) === "maximize" ? -1 : 1;
  const mean = (entry: RankedMethod<MethodResult>) => methodScore(entry.method, sortedBy)?.mean;
  const order = (entries: readonly RankedMethod<MethodResult>[]) =>
    sortedBy === results.rankedBy
      ? entries
      : entries.toSorted((a, b) => sign * ((mean(a) ?? sign * 2) - (mean(b) ?? sign * 2)));
  const floors = ranked.filter(({ method }) => method.kind === "baseline");
  const others = ranked.filter(({ method }) => method.kind !== "baseline");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label="Table of scores">
      <table class="plain ranking">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Method</th>
            {metrics.map(({ id, words, goal }) => (
              <th
                scope="col"
                key={id}
                class="number"
                aria-sort={id === sortedBy ? (goal === "maximize" ? "descending" : "ascending") : undefined}
              >
                <button type="button" class="quiet" title={words?.meaning} onClick={() => setSortedBy(id)}>
                  {words?.label ?? id}
                  {id === sortedBy && <span aria-hidden="true">{goal === "maximize" ? " ↓" : " ↑"}</span>}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {order(others).map((entry) => (
            <Row key={entry.method.name} entry={entry} results={results} metrics={metrics.map(({ id }) => id)} />
          ))}
        </tbody>
        {floors.length > 0 && (
          <tbody class="floors">
            <tr>
              <td />
              <td colSpan={metrics.length + 1} class="muted small">
                Floors: methods without a network. A network has to beat them to be of use.
              </td>
            </tr>
            {order(floors).map((entry) => (
              <Row key={entry.method.name} entry={entry} results={results} metrics={metrics.map(({ id }) => id)} />
            ))}
          </tbody>
        )}
      </table>
    </section>
  );
}

function Row(props: {
  readonly entry: RankedMethod<MethodResult>;
  readonly results: Results;
  readonly metrics: readonly string[];
}) {
  const { entry, results, metrics } = props;
  const { method, rank } = entry;
  return (
    <tr>
      <td class="rank">{rank ?? ""}</td>
      <th scope="row">
        {method.name}
        <span class="muted small block">{aboutOf(method)}</span>
      </th>
      {metrics.map((metric) => {
        const score = methodScore(method, metric);
        const interval = results.statistics?.metrics[metric]?.methods.find(
          (each) => each.method === method.name,
        )?.interval;
        return (
          <td key={metric} class="number">
            <b>{scoreText(score?.mean)}</b>
            {interval && (
              <span class="muted small block">
                {scoreText(interval.low)}–{scoreText(interval.high)}
              </span>
            )}
          </td>
        );
      })}
    </tr>
  );
}

/** `2 trainings, 31 248 parameters` */
function aboutOf({ kind, runs, parameters }: MethodResult): string {
  const done = runs.filter(({ state }) => state === "done");
  if (kind === "baseline") return "floor";
  if (kind === "ensemble") return `ensemble of ${done[0]?.members?.length ?? "several"} models`;
  const failed = runs.length - done.length;
  const weights = parameters ? `, ${parameters.trainable.toLocaleString("en")} parameters` : "";
  return `${done.length} training${done.length === 1 ? "" : "s"}${failed > 0 ? ` (${failed} failed)` : ""}${weights}`;
}
