import { jobPath } from "@em-stellar/core";
import { activity } from "../../app/run.js";
import { scoreLabel } from "../../app/suite.js";
import { score as scoreText } from "../../app/words.js";
import type { RunView, Training } from "../../engine/run-view.js";

/** Every training and how far it is. */
export function JobsTable({ view, score }: { readonly view: RunView; readonly score: string }) {
  const floors = new Set(view.floors.map(({ name }) => name));
  const rows = view.jobs.filter(({ method }) => !floors.has(method));
  return (
    <details class="card" open>
      <summary>Trainings</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Trainings">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Network</th>
              <th scope="col">Fold</th>
              <th scope="col">State</th>
              <th scope="col">Step</th>
              <th scope="col">Steps a second</th>
              <th scope="col">Best {scoreLabel(score)}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((job) => {
              const training = view.trainings.find((each) => jobPath(each.job) === jobPath(job));
              return (
                <tr key={jobPath(job)}>
                  <th scope="row">{job.method}</th>
                  <td>{job.fold + 1}</td>
                  <td>{stateOf(training)}</td>
                  <td>{training ? `${training.step} of ${training.totalSteps}` : "–"}</td>
                  <td>{training?.rate && training.state === "training" ? training.rate.toFixed(1) : "–"}</td>
                  <td>{scoreText(best(training, score))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function stateOf(training: Training | undefined): string {
  if (!training) return "waits";
  if (training.state === "failed") return `failed: ${training.failure}`;
  if (training.state === "done") return "done";
  return activity.value === "idle" ? "stopped" : "trains";
}

function best(training: Training | undefined, score: string): number | undefined {
  const values = training?.scores[score]?.map(({ y }) => y) ?? [];
  return values.length === 0 ? undefined : Math.max(...values);
}
