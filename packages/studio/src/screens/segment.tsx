import { useEffect } from "preact/hooks";
import { openProject } from "../app/project.js";
import { SteadyButton } from "../app/steady-button.js";
import { DropZone } from "../files/drop-zone.js";
import { Look } from "./segment/look.js";
import { ModelChooser } from "./segment/model-chooser.js";
import { Objects } from "./segment/objects.js";
import {
  busy,
  done,
  listModels,
  model,
  opened,
  openImages,
  problem,
  progress,
  segment,
  stop,
  warnings,
} from "./segment/state.js";

/** Segments new images with a model of the project, or with one from elsewhere. */
export function Segment() {
  useEffect(() => {
    openProject().then(listModels);
  }, []);
  return (
    <div class="screen">
      <h1>Segment new images</h1>
      <div class="two-columns with-picture">
        <div>
          <ModelChooser />
          <Images />
        </div>
        <div class="picture">
          {problem.value && (
            <p role="alert" class="problem lines">
              {problem.value}
            </p>
          )}
          {warnings.value.map((warning) => (
            <p key={warning} class="warning">
              {warning}
            </p>
          ))}
          {opened.value && opened.value.images.length > 0 ? <Look /> : <Nothing />}
        </div>
        <div>
          <Objects />
        </div>
      </div>
    </div>
  );
}

function Nothing() {
  return (
    <div class="nothing">
      <p>Your images appear here. You can look at them before you choose a model.</p>
    </div>
  );
}

function Images() {
  const { images = [], problems = [] } = opened.value ?? {};
  const pages = images.reduce((sum, image) => sum + image.pages, 0);
  const what = `${images.length} file${images.length === 1 ? "" : "s"}${pages > images.length ? `, ${pages} pages` : ""}`;
  return (
    <section class="card" aria-labelledby="images-title">
      <h2 id="images-title">Images</h2>
      <DropZone what="images to segment" accept=".tif,.tiff,.png" onFiles={openImages}>
        {images.length === 0 ? (
          <>
            <b class="block">Drop images or stacks here</b>
            <span class="muted small">TIFF or PNG</span>
          </>
        ) : (
          <>
            <b class="block">{what}</b>
            <span class="muted small">Drop others to take their place</span>
          </>
        )}
      </DropZone>
      {problems.map((each) => (
        <p key={each} class="warning">
          {each}
        </p>
      ))}
      {images.length > 0 && <Start />}
    </section>
  );
}

function Start() {
  const share = progress.value;
  const { images = [] } = opened.value ?? {};
  const pages = images.reduce((sum, image) => sum + image.pages, 0);
  const isDone = done.value.size >= pages;
  const isRunning = share !== undefined;
  return (
    <div class="start-segmenting">
      {isRunning && (
        <label class="progress">
          {Math.floor(100 * share)} % segmented
          <progress max={1} value={share} />
        </label>
      )}
      <SteadyButton
        class={isRunning ? "" : "main"}
        disabled={!isRunning && (!model.value || busy.value !== undefined || isDone)}
        onClick={isRunning ? stop : segment}
      >
        {isRunning
          ? "Stop"
          : isDone
            ? "All images are segmented"
            : done.value.size > 0
              ? "Segment the rest"
              : "Segment"}
      </SteadyButton>
      {!model.value && <p class="muted small">Choose a model first.</p>}
      <p class="visually-hidden" aria-live="polite">
        {busy.value ?? ""}
      </p>
    </div>
  );
}
