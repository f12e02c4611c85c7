import { type JobId, jobPath } from "@em-stellar/core";
import { activity } from "../../app/run.js";
import { scoreLabel } from "../../app/suite.js";
import { score as scoreText } from "../../app/words.js";
import type { RunView, Training } from "../../engine/run-view.js";

/** Every training and how far it is. */
export function JobsTable(props: {
  readonly view: RunView;
  readonly score: string;
  /** The trainings, those that wait too. */
  readonly rows: readonly JobId[];
}) {
  const { view, score, rows } = props;
  const of = (job: JobId) => view.trainings.find((each) => jobPath(each.job) === jobPath(job));
  return (
    <section class="card jobs" aria-labelledby="jobs-title">
      <h2 id="jobs-title">
        Trainings: {rows.filter((job) => of(job)?.state === "done").length} of {rows.length} done
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Trainings">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Network</th>
              <th scope="col">Fold</th>
              <th scope="col">State</th>
              <th scope="col">Step</th>
              <th scope="col">Best {scoreLabel(score)}</th>
              <th scope="col">Steps per second</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((job) => {
              const training = of(job);
              return (
                <tr key={jobPath(job)} class={training?.state === "training" ? "now" : ""}>
                  <th scope="row">{job.method}</th>
                  <td>{job.fold + 1}</td>
                  <td class={training?.state === "failed" ? "failed" : ""}>{stateOf(training)}</td>
                  <td>
                    <span class="share" aria-hidden="true">
                      <i
                        style={{ width: `${training ? (100 * training.step) / Math.max(1, training.totalSteps) : 0}%` }}
                      />
                    </span>
                    {training ? `${training.step} of ${training.totalSteps}` : "–"}
                  </td>
                  <td>{scoreText(best(training, score))}</td>
                  <td>{training?.rate && training.state === "training" ? training.rate.toFixed(1) : "–"}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function stateOf(training: Training | undefined): string {
  if (!training) return "waiting";
  if (training.state === "failed") return `failed: ${training.failure}`;
  if (training.state === "done") return "done";
  return activity.value === "idle" ? "stopped" : "training";
}

function best(training: Training | undefined, score: string): number | undefined {
  const values = training?.scores[score]?.map(({ y }) => y) ?? [];
  return values.length === 0 ? undefined : Math.max(...values);
}
