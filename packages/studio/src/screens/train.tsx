import { useEffect, useState } from "preact/hooks";
import { deviceState } from "../app/device.js";
import { deviceName } from "../app/device-name.js";
import { project, projectProblem } from "../app/project.js";
import {
  activity,
  currentRun,
  goOn,
  openRuns,
  pause,
  previews,
  remove,
  resume,
  runId,
  runProblem,
  runView,
  secondsLeft,
  show,
  stop,
} from "../app/run.js";
import { SteadyButton } from "../app/steady-button.js";
import { openComponents } from "../app/suite.js";
import { UseProcessor } from "../app/use-processor.js";
import { count, duration } from "../app/words.js";
import { type RunView, shareDone, trainedJobs } from "../engine/run-view.js";
import type { ProjectRun } from "../project/project.js";
import { Empty } from "./empty.js";
import { JobsTable } from "./train/jobs-table.js";
import { MethodCard } from "./train/method-card.js";

/** Shows networks learning, and lets the user pause, stop and go on. */
export function Train() {
  useEffect(() => {
    open();
  }, []);
  const run = currentRun.value;
  return (
    <div class="screen">
      <h1>Training</h1>
      {projectProblem.value && <p class="problem">{projectProblem.value}</p>}
      {project.value && !run && (
        <Empty href="#/suite" action="Choose networks">
          No benchmark has been started yet. Choose networks, then start training there.
        </Empty>
      )}
      {run && <Progress view={runView.value} />}
    </div>
  );
}

async function open(): Promise<void> {
  await openRuns();
  openComponents();
  if (!location.hash.endsWith("?start")) return;
  history.replaceState(null, "", "#/train");
  const last = project.value?.runs.at(-1);
  if (activity.value !== "idle" || !last) return;
  await show(last.id);
  goOn();
}

function Progress({ view }: { readonly view: RunView }) {
  const run = currentRun.value;
  const metrics = run?.suite.metrics;
  const score = String(run?.suite.rankBy ?? (Array.isArray(metrics) ? metrics[0] : "loss"));
  // Also of trainings that wait, so that nothing moves when they begin.
  const jobs = trainedJobs(view, idsIn(run?.suite.baselines));
  const methods = [...new Set(jobs.map(({ method }) => method))];
  const steps = Math.max(plannedSteps(run?.suite), ...view.trainings.map(({ totalSteps }) => totalSteps));
  const done = shareDone(view);
  const runs = project.value?.runs ?? [];
  return (
    <>
      {runs.length > 1 && activity.value === "idle" && (
        <label class="inline-field which">
          Benchmark
          <select value={runId.value} onChange={({ currentTarget }) => show(currentTarget.value)}>
            {runs.map(({ id, started }) => (
              <option key={id} value={id}>
                {id.replace("run-", "")}, {new Date(started).toLocaleString()}
              </option>
            ))}
          </select>
        </label>
      )}
      <section class="card progress" aria-label="Progress">
        <p class="state" aria-live="polite">
          {stateWords(view)}
        </p>
        <div class="buttons">
          <Controls view={view} />
        </div>
        <progress max="1" value={done} aria-label="Share of the benchmark that is done" />
        <p class="about muted">
          <b>{Math.round(100 * done)} %</b> done
          {activity.value === "running" && (
            <>
              ,{" "}
              {secondsLeft.value === undefined
                ? "time left not known yet"
                : `about ${duration(secondsLeft.value)} left`}
            </>
          )}
          {deviceState.value && `, on: ${deviceName(deviceState.value)}`}
        </p>
        {runProblem.value && (
          <p class="problem lines" role="alert">
            {runProblem.value}
          </p>
        )}
        {activity.value === "idle" && <UseProcessor then={goOn} />}
      </section>
      {view.jobs.length > 0 && <JobsTable view={view} score={score} rows={jobs} />}
      {methods.map((method) => (
        <MethodCard
          key={method}
          method={method}
          view={view}
          score={score}
          steps={steps}
          preview={previews.value.get(method)}
        />
      ))}
      {run && activity.value === "idle" && <Remove key={run.id} run={run} />}
      {view.warnings.length > 0 && (
        <details class="card">
          <summary>{count(view.warnings.length, "note")} about the data and the training</summary>
          <ul>
            {view.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Steps of each training, as far as the suite says; at least 1. */
function plannedSteps(suite: ProjectRun["suite"] | undefined): number {
  const training: unknown = suite?.training;
  const steps = typeof training === "object" && training !== null && "steps" in training ? training.steps : undefined;
  return typeof steps === "number" ? steps : 1;
}

/** The ids of the components that a suite lists, each as its id or as an object. */
function idsIn(listed: unknown): string[] {
  const all: unknown[] = Array.isArray(listed) ? listed : [];
  return all.map((each) =>
    typeof each === "object" && each !== null && "id" in each ? String(each.id) : String(each),
  );
}

function Remove({ run }: { readonly run: ProjectRun }) {
  const [sure, setSure] = useState(false);
  if (!sure) {
    return (
      <p>
        <button type="button" class="quiet" onClick={() => setSure(true)}>
          Remove this benchmark…
        </button>
      </p>
    );
  }
  return (
    <div class="warning">
      <p>This removes the benchmark with its models and results from this browser.</p>
      <div class="buttons">
        <button type="button" onClick={() => remove(run)}>
          Remove it
        </button>
        <button type="button" onClick={() => setSure(false)}>
          Keep it
        </button>
      </div>
    </div>
  );
}

function Controls({ view }: { readonly view: RunView }) {
  if (activity.value === "running" || activity.value === "paused") {
    return (
      <>
        {activity.value === "running" ? (
          <button type="button" onClick={pause}>
            Pause
          </button>
        ) : (
          <button type="button" class="main" onClick={resume}>
            Resume
          </button>
        )}
        <button type="button" onClick={stop}>
          Stop
        </button>
      </>
    );
  }
  if (view.isFinished) {
    return (
      <a class="button main" href="#/results">
        See the results
      </a>
    );
  }
  return (
    <SteadyButton class="main" disabled={activity.value === "stopping"} onClick={goOn}>
      {view.jobs.length === 0 ? "Start" : "Go on"}
    </SteadyButton>
  );
}

function stateWords(view: RunView): string {
  if (activity.value === "stopping") return "Stopping. Everything up to the last validation is kept.";
  if (activity.value === "paused") return "Paused. Before you close the page, select Stop.";
  if (activity.value === "running") {
    if (view.shadersLeft) return `Preparing the graphics processor: ${count(view.shadersLeft, "program")} to go`;
    const now = view.trainings.find(({ state }) => state === "training");
    return now ? `Training ${now.job.method}, fold ${now.job.fold + 1}` : "Reading the images";
  }
  if (view.isFinished) return "Finished.";
  return view.jobs.length === 0 ? "Ready to start" : "Stopped. Training continues from the last validation.";
}
