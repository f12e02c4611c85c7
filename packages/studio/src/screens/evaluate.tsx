import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { SteadyButton } from "../app/steady-button.js";
import type { ObjectValues } from "../engine/requests/evaluate.js";
import { DropZone } from "../files/drop-zone.js";
import type { GivenFile } from "../files/given-file.js";
import { Outcome } from "./evaluate/outcome.js";
import {
  evaluate,
  images,
  options,
  outcome,
  predictions,
  problem,
  progress,
  stop,
  truth,
  valuesOf,
} from "./evaluate/state.js";

/** Scores masks or probability maps of other programs, without training anything. */
export function Evaluate() {
  const running = progress.value;
  const isReady = truth.value.length > 0 && predictions.value.length > 0;
  return (
    <div class="screen">
      <h1>Evaluate masks that you have</h1>
      <p class="lead">
        Compare masks or probability maps from any program with your own annotation. Nothing is trained.
      </p>
      <div class="two-columns">
        <div>
          <section class="card" aria-labelledby="what-title">
            <h2 id="what-title">What to compare</h2>
            <Given what="the truth" files={truth} title="1. Truth">
              A folder of annotated masks, or a stack
            </Given>
            <Given what="the predictions" files={predictions} title="2. Predictions">
              A folder that has a folder or a stack for each method
            </Given>
            <Given what="the images" files={images} title="3. Micrographs, if you like">
              The report shows them under the masks
            </Given>
            <Options />
            <div class="go">
              {running && (
                <label class="progress">
                  {running.doing} … {Math.floor(100 * running.share)} %
                  <progress max={1} value={running.share} />
                </label>
              )}
              <SteadyButton
                class={running ? "" : "main"}
                disabled={!running && !isReady}
                onClick={running ? stop : evaluate}
              >
                {running ? "Stop" : "Evaluate"}
              </SteadyButton>
              {!isReady && <span class="muted small">Choose the truth and the predictions first.</span>}
            </div>
          </section>
        </div>
        <div>
          {problem.value && (
            <p role="alert" class="problem lines">
              {problem.value}
            </p>
          )}
          {outcome.value ? <Outcome outcome={outcome.value} /> : <Explanation />}
        </div>
      </div>
    </div>
  );
}

function Explanation() {
  return (
    <section class="card explanation" aria-labelledby="explanation-title">
      <h2 id="explanation-title">How to arrange the files</h2>
      <pre>{example}</pre>
      <p>
        A prediction belongs to the truth of the same name: <code>cell-01.png</code> and <code>cell-01_mask.tif</code>{" "}
        are a pair. Where the names have nothing in common, the order decides.
      </p>
      <p>
        You get a ranking, every score of every image, and a report to keep, the same as{" "}
        <code>em-stellar evaluate</code> writes.
      </p>
    </section>
  );
}

const example = `truth/
  cell-01.png
  cell-02.png
predictions/
  ilastik/
    cell-01.png
    cell-02.png
  my-network/
    cell-01.png
    cell-02.png`;

interface GivenProps {
  readonly what: string;
  readonly title: string;
  readonly files: Signal<readonly GivenFile[]>;
  readonly children: ComponentChildren;
}

function Given({ what, title, files, children }: GivenProps) {
  const { length } = files.value;
  const [first] = files.value;
  const folder = first?.path.includes("/") ? first.path.split("/")[0] : undefined;
  return (
    <DropZone
      what={what}
      onFiles={(given) => {
        files.value = given;
      }}
    >
      <b class="block">{title}</b>
      {length > 0 ? (
        <span class="given">
          ✓ {folder ? `${folder}: ` : ""}
          {length} file{length === 1 ? "" : "s"}
        </span>
      ) : (
        <span class="muted small">{children}</span>
      )}
    </DropZone>
  );
}

function Options() {
  const { threshold, positive, pair } = options.value;
  const change = (changed: Partial<typeof options.value>) => {
    options.value = { ...options.value, ...changed };
  };
  return (
    <details class="how">
      <summary>How to compare</summary>
      <label class="field">
        A pixel is object above
        <input
          type="number"
          min={0}
          max={0.999}
          step={0.01}
          value={threshold}
          onChange={({ currentTarget }) => {
            const value = currentTarget.valueAsNumber;
            if (value >= 0 && value < 1) change({ threshold: value });
            else currentTarget.value = String(threshold);
          }}
        />
      </label>
      <label class="field">
        Positive class of F1 and similar scores
        <select
          value={positive}
          onChange={({ currentTarget }) => change({ positive: currentTarget.value as typeof positive })}
        >
          <option value="object">the object</option>
          <option value="background">the background, as in the EM-stellar paper</option>
          <option value="both">both</option>
        </select>
      </label>
      <label class="field">
        Pair predictions with the truth
        <select value={pair} onChange={({ currentTarget }) => change({ pair: currentTarget.value as typeof pair })}>
          <option value="auto">by name, else by order</option>
          <option value="name">by name</option>
          <option value="order">by order</option>
        </select>
      </label>
      <Values name="Values of the truth that mean object" onValues={(truthLabels) => change({ truthLabels })} />
      <Values name="Values of the predictions that mean object" onValues={(labels) => change({ labels })} />
    </details>
  );
}

interface ValuesProps {
  readonly name: string;
  readonly onValues: (values: ObjectValues) => void;
}

function Values({ name, onValues }: ValuesProps) {
  const [isWrong, setIsWrong] = useState(false);
  return (
    <label class="field">
      {name}
      <input
        type="text"
        placeholder="as the numbers say"
        aria-invalid={isWrong}
        onChange={({ currentTarget }) => {
          const values = valuesOf(currentTarget.value);
          setIsWrong(values === undefined);
          if (values !== undefined) onValues(values);
        }}
      />
      <span class={isWrong ? "wrong small" : "muted small"}>Whole numbers such as 1, 3; or nonzero</span>
    </label>
  );
}
