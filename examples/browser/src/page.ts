import type { RunEvent } from "@em-stellar/core";
import type { Reason } from "@em-stellar/core/training";
import { type Curve, drawChart } from "./curves.js";
import { html } from "./element.js";
import { duration, score } from "./format.js";
import type { News, Order, Settings } from "./messages.js";
import { pictureRows, rankingTable, verdict } from "./outcome.js";
import { advance, bestFloor, emptyView, type RunView, shareDone, type Training } from "./run-view.js";
import { rankedBy, usualSteps } from "./suite.js";

const part = <E extends HTMLElement>(id: string) => document.getElementById(id) as E; // index.html has all of them
const controls = {
  form: part<HTMLFormElement>("controls"),
  device: part<HTMLSelectElement>("device"),
  software: part<HTMLInputElement>("software"),
  steps: part<HTMLInputElement>("steps"),
  start: part<HTMLButtonElement>("start"),
  stop: part<HTMLButtonElement>("stop"),
  forget: part<HTMLButtonElement>("forget"),
};

/** What goes on. `kept`: a run that was stopped and can be continued. */
type Phase = "opening" | "empty" | "running" | "stopping" | "kept" | "finished";

let phase: Phase = "opening";
let view: RunView = emptyView;
/** When the present run began to train, and how much was done by then: what the time left is judged from. */
let since: { readonly time: number; readonly share: number } | undefined;
let isDrawn = true;

const worker = new Worker("worker.js", { type: "module" });
const order = (what: Order) => worker.postMessage(what);

worker.onmessage = ({ data: news }: MessageEvent<News>) => {
  switch (news.type) {
    case "ready": {
      view = emptyView;
      part("lost").textContent = news.lost ? `Keep this page open: a reload loses the run. ${news.lost}` : "";
      part("chosen").replaceChildren();
      phase = "empty";
      if (news.kept) {
        const { settings, events, state } = news.kept;
        show(settings);
        for (const event of events) view = advance(view, event, rankedBy);
        phase = state === "finished" ? "finished" : "kept";
        const device = view.results?.environment.device;
        if (device !== undefined) part("chosen").textContent = `Computed on ${device}.`;
        // The page was closed while it trained: whoever opens it again wants it to go on.
        if (state === "running") start();
      }
      break;
    }
    case "device":
      part("chosen").replaceChildren(...whyChosen(news.description, news.reasons));
      break;
    case "event":
      take(news.event);
      break;
    case "pictures":
      part("pictures").replaceChildren(...pictureRows(news.pictures));
      break;
    case "ended":
      phase = news.state === "finished" ? "finished" : "kept";
      break;
    case "failed":
      part("problem").textContent = news.message;
      phase = view.jobs > 0 ? "kept" : phase === "opening" ? "opening" : "empty";
  }
  draw();
};
worker.onerror = ({ message }) => {
  part("problem").textContent = `The page's worker ended: ${message || "it could not be loaded"}. Reload the page.`;
};

controls.form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
controls.stop.addEventListener("click", () => {
  phase = "stopping";
  order({ type: "stop" });
  draw();
});
controls.forget.addEventListener("click", () => {
  part("problem").textContent = "";
  order({ type: "forget" });
});
controls.device.addEventListener("change", draw);
part("download").addEventListener("click", () => {
  const file = new Blob([JSON.stringify(view.results, null, 2)], { type: "application/json" });
  html("a", { href: URL.createObjectURL(file), download: "results.json" }).click();
});
new ResizeObserver(draw).observe(document.body);

function start(): void {
  part("problem").textContent = "";
  since = undefined;
  phase = "running";
  order({ type: "run", settings: chosen() });
  draw();
}

function chosen(): Settings {
  const device = controls.device.value as Settings["device"]; // the choices of index.html
  return { device, allowSoftware: controls.software.checked, steps: controls.steps.valueAsNumber };
}

function show({ device, allowSoftware, steps }: Settings): void {
  controls.device.value = device;
  controls.software.checked = allowSoftware;
  controls.steps.valueAsNumber = steps;
}

function take(event: RunEvent): void {
  view = advance(view, event, rankedBy);
  if (event.type === "job-started") since ??= { time: performance.now(), share: shareDone(view) };
}

function whyChosen(description: string, reasons: readonly Reason[]): HTMLElement[] {
  return [
    html("p", {}, "Computes on ", html("b", {}, description), "."),
    ...reasons.map(({ backend, problem, remedy }) =>
      html("p", { class: "reason" }, `Not on ${backend}: ${problem} ${remedy}`),
    ),
  ];
}

/** Draws at the next frame, however much news comes until then. */
function draw(): void {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(() => {
    isDrawn = true;
    drawControls();
    drawProgress();
    drawCurves();
    drawOutcome();
  });
}

function drawControls(): void {
  const goesOn = phase === "running" || phase === "stopping";
  const { device, software, steps, start, stop, forget } = controls;
  device.disabled = goesOn || phase === "finished";
  software.disabled = device.disabled;
  part("software-choice").hidden = device.value !== "webgpu";
  // The steps are the run's: another number is another run.
  steps.disabled = phase !== "empty";
  const failed = view.trainings.some(({ state }) => state === "failed");
  start.hidden = goesOn || phase === "opening" || (phase === "finished" && !failed);
  start.textContent = phase === "kept" ? "Continue" : phase === "finished" ? "Try again" : "Start";
  stop.hidden = !goesOn;
  stop.disabled = phase === "stopping";
  stop.textContent = phase === "stopping" ? "Stopping …" : "Stop";
  forget.hidden = phase !== "kept" && phase !== "finished";
}

function drawProgress(): void {
  const share = shareDone(view);
  part<HTMLProgressElement>("done").value = share;
  part("progress").hidden = view.jobs === 0;
  const left = phase === "running" ? secondsLeft(share) : undefined;
  const state = {
    opening: "",
    empty: "",
    running: "Training",
    stopping: "Stopping",
    kept: "Stopped",
    finished: "Finished",
  };
  const { shadersLeft } = view;
  const texts = [
    state[phase],
    `${Math.floor(100 * share)} %`,
    left === undefined ? "" : `about ${duration(left)} left`,
    phase === "running" && shadersLeft !== undefined ? `getting the GPU ready, ${shadersLeft} shaders to go` : "",
  ];
  part("state").textContent = texts.filter(Boolean).join(" · ");
  part("trainings").replaceChildren(...view.trainings.map(trainingRow));
}

/** At the speed since training began; undefined where too little is done to tell. */
function secondsLeft(share: number): number | undefined {
  if (!since || share - since.share < 0.01) return undefined;
  return (((performance.now() - since.time) / 1000) * (1 - share)) / (share - since.share);
}

function trainingRow(training: Training, index: number): HTMLLIElement {
  const { step, totalSteps, rate, scores, state, failure } = training;
  const best = scores.length > 0 ? Math.max(...scores.map(({ y }) => y)) : undefined;
  const details = [
    state === "failed" ? `failed: ${failure}` : state === "done" ? `${step} steps` : `step ${step} of ${totalSteps}`,
    // On WebGPU this may take longer than all that follows.
    state === "training" && phase === "running" && rate === undefined ? "preparing the first steps …" : "",
    state === "training" && phase === "running" && rate ? `${rate.toPrecision(2)} steps/s` : "",
    best === undefined ? "" : `best ${score(best)}`,
  ];
  const swatch = html("i", { class: `swatch look-${index + 1}` });
  return html("li", {}, swatch, html("b", {}, nameOf(training)), html("span", {}, details.filter(Boolean).join(" · ")));
}

function nameOf({ job: { method, fold } }: Training): string {
  return `${method}, fold ${fold + 1}`;
}

function drawCurves(): void {
  part("curves").hidden = view.trainings.length === 0;
  const curves = (points: "losses" | "scores"): Curve[] =>
    view.trainings.map((training, i) => ({ name: nameOf(training), look: i + 1, points: training[points] }));
  const steps = Math.max(...view.trainings.map(({ totalSteps }) => totalSteps), 1);
  drawChart(part("losses"), {
    description: "Training loss over steps, a line for each training",
    curves: curves("losses"),
    steps,
    range: [0, 1],
    dots: false,
  });
  const floor = bestFloor(view);
  drawChart(part("scores"), {
    description: `${rankedBy} on validation images over steps, a line for each training`,
    curves: curves("scores"),
    steps,
    range: [0, 1],
    dots: true,
    ...(floor && { level: { name: floor.name, y: floor.score } }),
  });
}

function drawOutcome(): void {
  const { results, warnings } = view;
  part("outcome").hidden = !results;
  part("warnings").replaceChildren(...warnings.map((warning) => html("li", {}, warning)));
  if (!results || part("table").childElementCount > 0) {
    if (!results) part("table").replaceChildren();
    return;
  }
  part("verdict").textContent = verdict(results);
  part("table").replaceChildren(rankingTable(results));
  part("sure").textContent = results.statistics?.sentence ?? "";
}

controls.steps.valueAsNumber = usualSteps;
draw();
