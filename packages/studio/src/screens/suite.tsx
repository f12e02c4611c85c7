import { useEffect } from "preact/hooks";
import { deviceProblem } from "../app/device.js";
import { images, imagesBusy, projectProblem } from "../app/project.js";
import { SteadyButton } from "../app/steady-button.js";
import {
  begin,
  change,
  draft,
  effort,
  minutes,
  openSuite,
  secondsOf,
  suggest,
  suiteProblem,
  trial,
} from "../app/suite.js";
import { UseProcessor } from "../app/use-processor.js";
import { count, duration } from "../app/words.js";
import { type Effort, efforts, type SuiteDraft } from "../project/suggest-suite.js";
import { Empty } from "./empty.js";
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
        <Empty href="#/data" action="Bring images or try the example">
          Networks learn from images and masks. Bring yours first, then choose networks here.
        </Empty>
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
      <UseProcessor then={() => change(suite)} />
      <section class="card start" aria-labelledby="start-title">
        <div>
          <h2 id="start-title">{summaryOf(suite)}</h2>
          <p class="muted">{timeOf(suite)}</p>
        </div>
        <SteadyButton class="main" disabled={suiteProblem.value !== undefined} onClick={start}>
          Start training
        </SteadyButton>
      </section>
      <div class="two-columns suite">
        <div>
          <TrainingCard suite={suite} />
          <SuiteFile suite={suite} />
        </div>
        <section aria-labelledby="networks-title">
          <h2 id="networks-title">Networks: {suite.networks.length} chosen</h2>
          <NetworkCards suite={suite} />
        </section>
      </div>
    </>
  );
}

const names: Readonly<Record<Effort, string>> = { fast: "Fast", balanced: "Balanced", thorough: "Thorough" };

/** `2 networks × 2 folds: 4 trainings of 200 steps` */
function summaryOf({ networks, folds, training }: SuiteDraft): string {
  return `${count(networks.length, "network")} × ${count(folds, "fold")}: ${count(networks.length * folds, "training")} of ${training.steps} steps`;
}

function timeOf({ networks }: SuiteDraft): string {
  const seconds = networks.map(({ id }) => secondsOf(id));
  if (seconds.every((each) => each !== undefined)) {
    return `About ${duration(seconds.reduce((sum, each) => sum + each, 0))} on this device.`;
  }
  if (trial.value) return "The trial could not time every network: the cards below say why.";
  return `Planned for ${duration(60 * minutes.value)}. A trial of ten steps tells whether this device keeps to it.`;
}
