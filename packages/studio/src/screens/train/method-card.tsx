import { scoreLabel } from "../../app/suite.js";
import { LineChart } from "../../charts/line-chart.js";
import type { Preview } from "../../engine/requests/run.js";
import { floorLevels, type RunView, type Training } from "../../engine/run-view.js";
import { PreviewPicture } from "./preview-picture.js";

/** How one network learns: its curves on every fold, the floors, and what it sees. */
export function MethodCard(props: {
  readonly method: string;
  readonly view: RunView;
  /** The score that ranks. */
  readonly score: string;
  readonly preview: Preview | undefined;
  /** The most steps of any training, so that all charts share an axis. */
  readonly steps: number;
}) {
  const { method, view, score, preview, steps } = props;
  const trainings = view.trainings.filter(({ job }) => job.method === method);
  const curve = (training: Training, points: Training["losses"]) => ({
    name: nameOf(training),
    look: 1 + training.job.fold,
    points,
  });
  const losses = trainings.map((training) => curve(training, training.losses));
  const scores = trainings.map((training) => curve(training, training.scores[score] ?? []));
  const highest = Math.max(0.01, ...losses.flatMap(({ points }) => points.map(({ y }) => y)));
  const levels = floorLevels(view, score)
    .sort((a, b) => b.y - a.y)
    .slice(0, 1);
  return (
    <section class="card method" aria-label={method}>
      <header>
        <h2>{method}</h2>
        <ul class="legend" aria-label="Folds">
          {trainings.map((training) => (
            <li key={nameOf(training)}>
              <svg viewBox="0 0 26 8" width="26" height="8" aria-hidden="true">
                <g class={`curve look-${1 + (training.job.fold % 6)}`}>
                  <path d="M0 4H26" />
                </g>
              </svg>
              {nameOf(training)}
            </li>
          ))}
        </ul>
      </header>
      <div class="charts">
        <LineChart
          title={`${scoreLabel(score)} on validation images`}
          description={`${scoreLabel(score)} of ${method} over ${steps} steps`}
          curves={scores}
          steps={steps}
          range={[0, 1]}
          dots
          levels={levels}
        />
        <LineChart
          title="Training loss"
          description={`Training loss of ${method} over ${steps} steps`}
          curves={losses}
          steps={steps}
          range={[0, highest]}
        />
        <PreviewPicture preview={preview} />
      </div>
    </section>
  );
}

function nameOf({ job: { fold, seed } }: Training): string {
  return seed === 1 ? `fold ${fold + 1}` : `fold ${fold + 1}, seed ${seed}`;
}
