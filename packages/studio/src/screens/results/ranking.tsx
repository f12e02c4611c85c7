import { goalOf, type MethodResult, methodScore, type RankedMethod, type Results } from "@em-stellar/core";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { score as scoreText } from "../../app/words.js";

/** Every method with its scores on the test images, best first; floors and classifiers stand below. */
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
  const labelOf = (id: string) => metrics.find((metric) => metric.id === id)?.words?.label ?? id;
  const span = (entry: RankedMethod<MethodResult>) => <Span {...spanOf(entry, results, sortedBy)} scale={scale} />;
  const scale = scaleOf(ranked.map((entry) => spanOf(entry, results, sortedBy)));
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
            <th scope="col" class="spans">
              {labelOf(sortedBy)}, 95 % interval
              <span class="ends" aria-hidden="true">
                <span>{Number(scale[0].toPrecision(3))}</span>
                <span>{Number(scale[1].toPrecision(3))}</span>
              </span>
            </th>
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
            <Row
              key={entry.method.name}
              entry={entry}
              results={results}
              metrics={metrics.map(({ id }) => id)}
              span={span(entry)}
            />
          ))}
        </tbody>
        {floors.length > 0 && (
          <tbody class="floors">
            <tr>
              <td />
              <td colSpan={metrics.length + 2} class="muted small">
                Methods without a network. A network has to beat the floors to be of use.
              </td>
            </tr>
            {order(floors).map((entry) => (
              <Row
                key={entry.method.name}
                entry={entry}
                results={results}
                metrics={metrics.map(({ id }) => id)}
                span={span(entry)}
              />
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
  /** Its score on a scale. */
  readonly span: ComponentChildren;
}) {
  const { entry, results, metrics, span } = props;
  const { method, rank } = entry;
  return (
    <tr>
      <td class="rank">{rank ?? ""}</td>
      <th scope="row">
        {method.name}
        <span class="muted small block">{aboutOf(method)}</span>
      </th>
      <td class="spans">{span}</td>
      {metrics.map((metric) => {
        const { mean, interval } = spanOf(entry, results, metric);
        return (
          <td key={metric} class="number">
            <b>{scoreText(mean)}</b>
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

/** A score with its interval, where there are enough images to tell one. */
interface Estimate {
  readonly mean: number | undefined;
  readonly interval: { readonly low: number; readonly high: number } | undefined;
}

function spanOf({ method }: RankedMethod<MethodResult>, results: Results, metric: string): Estimate {
  const found = results.statistics?.metrics[metric]?.methods.find((each) => each.method === method.name);
  return { mean: methodScore(method, metric)?.mean ?? undefined, interval: found?.interval ?? undefined };
}

type Scale = readonly [low: number, high: number];

/** From 0 to 1 for scores that lie there; else as far as they go. */
function scaleOf(estimates: readonly Estimate[]): Scale {
  const values = estimates.flatMap(({ mean, interval }) => [mean ?? 0, interval?.low ?? 0, interval?.high ?? 0]);
  return [Math.min(0, ...values), Math.max(1, ...values)];
}

/** The score as a dot, its interval as a bar: methods whose bars overlap are hard to tell apart. */
function Span({ mean, interval, scale: [low, high] }: Estimate & { readonly scale: Scale }) {
  const x = (value: number) => (200 * (value - low)) / (high - low);
  return (
    <svg class="span" viewBox="-5 0 210 16" aria-hidden="true">
      <line class="axis" x1="0" x2="200" y1="8" y2="8" />
      {interval && <line class="interval" x1={x(interval.low)} x2={x(interval.high)} y1="8" y2="8" />}
      {mean !== undefined && <circle cx={x(mean)} cy="8" r="4.5" />}
    </svg>
  );
}

/** `2 trainings, 31 248 parameters` */
function aboutOf({ kind, role, runs, parameters }: MethodResult): string {
  const done = runs.filter(({ state }) => state === "done");
  if (kind === "baseline") return role ?? "floor";
  if (kind === "ensemble") return `ensemble of ${done[0]?.members?.length ?? "several"} models`;
  const failed = runs.length - done.length;
  const weights = parameters ? `, ${parameters.trainable.toLocaleString("en")} parameters` : "";
  return `${done.length} training${done.length === 1 ? "" : "s"}${failed > 0 ? ` (${failed} failed)` : ""}${weights}`;
}
