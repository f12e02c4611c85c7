import type { Evaluation } from "@em-stellar/core";
import { save } from "../../app/save.js";
import type { EvaluationOutcome } from "../../engine/requests/evaluate.js";

/** Metrics that the table has room for; the report has all. */
const mostColumns = 6;

/** The ranking of an evaluation, and its files to save. */
export function Outcome({ outcome: { evaluation, report, results, table } }: { readonly outcome: EvaluationOutcome }) {
  const { methods, statistics, warnings, options } = evaluation;
  return (
    <section class="card" aria-labelledby="outcome-title">
      <h2 id="outcome-title">{methods.length > 1 ? "Ranking" : "Scores"}</h2>
      {methods.length > 1 && statistics && <p class="answer">{statistics.sentence}</p>}
      <Ranking evaluation={evaluation} />
      <p class="muted small">
        Scores are pooled over all images; a pixel is object above {options.threshold}. The report has every score, each
        with its interval.
      </p>
      {warnings.map(({ message }) => (
        <p key={message} class="warning">
          {message}
        </p>
      ))}
      <div class="buttons">
        <button type="button" class="main" onClick={() => save("report.html", report)}>
          Save the report
        </button>
        <button type="button" onClick={() => save("results.json", results)}>
          Save results.json
        </button>
        <button type="button" onClick={() => save("results.csv", table)}>
          Save the scores, CSV
        </button>
      </div>
    </section>
  );
}

function Ranking({ evaluation: { methods, metrics, rankedBy } }: { readonly evaluation: Evaluation }) {
  const first = metrics.filter(({ id }) => id === rankedBy);
  const shown = [...first, ...metrics.filter(({ id }) => id !== rankedBy)].slice(0, mostColumns);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label="Scores">
      <table class="plain" id="evaluation-ranking">
        <thead>
          <tr>
            <th scope="col">Method</th>
            {shown.map(({ id, goal, words }) => (
              <th scope="col" key={id}>
                {words?.label ?? id}
                {goal === "minimize" ? " (less is better)" : ""}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {methods.map(({ name, pooled }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {shown.map(({ id }) => (
                <td key={id}>{digits(pooled[id])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function digits(value: number | null | undefined): string {
  if (value === null || value === undefined) return "not defined";
  return Math.abs(value) < 10 ? value.toFixed(4) : value.toPrecision(4);
}
