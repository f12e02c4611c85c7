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
  const lossValues = losses.flatMap(({ points }) => points.map(({ y }) => y));
  const highest = lossValues.length === 0 ? 1 : Math.max(0.01, ...lossValues);
  const levels = floorLevels(view, score)
    .sort((a, b) => b.y - a.y)
    .slice(0, 1)
    .map(({ name, y }) => ({ name: `best floor: ${name} ${y.toFixed(2)}`, y }));
  return (
    <section class="card method" aria-label={method}>
      <h2>{method}</h2>
      <div class="charts">
        <LineChart
          title={`${scoreLabel(score)} on validation images`}
          description={`${scoreLabel(score)} of ${method} over ${steps} steps: ${lastOf(scores)}`}
          curves={scores}
          steps={steps}
          range={[0, 1]}
          dots
          levels={levels}
        />
        <LineChart
          title="Training loss"
          description={`Training loss of ${method} over ${steps} steps: ${lastOf(losses)}`}
          curves={losses}
          steps={steps}
          range={[0, highest]}
        />
        <PreviewPicture preview={preview} />
      </div>
    </section>
  );
}

/** `fold 1 0.71, fold 2 0.68` */
function lastOf(curves: readonly { readonly name: string; readonly points: Training["losses"] }[]): string {
  const ends = curves.flatMap(({ name, points }) => points.slice(-1).map(({ y }) => `${name} ${y.toFixed(2)}`));
  return ends.join(", ") || "no point yet";
}

function nameOf({ job: { fold, seed } }: Training): string {
  return seed === 1 ? `fold ${fold + 1}` : `fold ${fold + 1}/${seed}`;
}
