import { useEffect } from "preact/hooks";
import { deviceProblem } from "../app/device.js";
import { images, imagesBusy, projectProblem } from "../app/project.js";
import { begin, draft, effort, minutes, openSuite, secondsOf, suggest, suiteProblem, trial } from "../app/suite.js";
import { count, duration } from "../app/words.js";
import { type Effort, efforts, type SuiteDraft } from "../project/suggest-suite.js";
import { NetworkCards } from "./suite/network-cards.js";
import { SuiteFile } from "./suite/suite-file.js";
import { TrainingCard } from "./suite/training-card.js";

/** Chooses the networks and how they are trained. */
export function Suite() {
  useEffect(() => {
    openSuite();
  }, []);
  const suite = draft.value;
  const set = images.value?.set;
  return (
    <div class="screen">
      <h1>Networks to compare</h1>
      {projectProblem.value && <p class="problem">{projectProblem.value}</p>}
      {images.value && !set && !imagesBusy.value && (
        <p>
          Networks learn from images and masks. <a href="#/data">Bring yours, or try the example</a>, then choose
          networks here.
        </p>
      )}
      {set && suite && <Chosen suite={suite} />}
    </div>
  );
}

function Chosen({ suite }: { readonly suite: SuiteDraft }) {
  const problem = suiteProblem.value ?? deviceProblem.value;
  const start = async () => {
    const id = await begin();
    if (id !== undefined) location.hash = "#/train?start";
  };
  return (
    <>
      <fieldset class="efforts">
        <legend class="visually-hidden">How much to try</legend>
        {(Object.keys(efforts) as Effort[]).map((each) => (
          <label key={each} class={effort.value === each ? "chosen" : ""}>
            <input type="radio" name="effort" checked={effort.value === each} onChange={() => suggest(each)} />
            <b>{names[each]}</b>
            <span class="muted small">
              {efforts[each].words} About {duration(60 * efforts[each].minutes)}.
            </span>
          </label>
        ))}
      </fieldset>
      {problem !== undefined && (
        <p class="problem lines" role="alert">
          {problem}
        </p>
      )}
      <div class="two-columns suite">
        <div>
          <TrainingCard suite={suite} />
          <section class="card start" aria-labelledby="start-title">
            <h2 id="start-title">Ready?</h2>
            <p>{summaryOf(suite)}</p>
            <button type="button" class="main" disabled={suiteProblem.value !== undefined} onClick={start}>
              Start training
            </button>
          </section>
          <SuiteFile suite={suite} />
        </div>
        <section aria-labelledby="networks-title">
          <h2 id="networks-title">{count(suite.networks.length, "network")} chosen</h2>
          <NetworkCards suite={suite} />
        </section>
      </div>
    </>
  );
}

const names: Readonly<Record<Effort, string>> = { fast: "Fast", balanced: "Balanced", thorough: "Thorough" };

/** `2 networks × 2 folds: 4 trainings of 200 steps. About 3 min.` */
function summaryOf(suite: SuiteDraft): string {
  const { networks, folds, training } = suite;
  const seconds = networks.map(({ id }) => secondsOf(id));
  const all = seconds.every((each) => each !== undefined)
    ? ` About ${duration(seconds.reduce<number>((sum, each) => sum + (each ?? 0), 0))} on this device.`
    : trial.value
      ? ""
      : ` The time for it is ${duration(60 * minutes.value)}; a trial tells whether it fits.`;
  return `${count(networks.length, "network")} × ${count(folds, "fold")}: ${count(networks.length * folds, "training")} of ${training.steps} steps.${all}`;
}
