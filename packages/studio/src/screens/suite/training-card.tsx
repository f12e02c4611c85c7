import { SteadyButton } from "../../app/steady-button.js";
import { change, components, fillTime, minutes, trial, trialBusy, tryOut } from "../../app/suite.js";
import { bytes } from "../../app/words.js";
import type { SuiteDraft } from "../../project/suggest-suite.js";

/** How every network is trained: the budget, what is minimised, what is scored. */
export function TrainingCard({ suite }: { readonly suite: SuiteDraft }) {
  const { training } = suite;
  const known = components.value;
  const train = (changed: Partial<SuiteDraft["training"]>) =>
    change({ ...suite, training: { ...training, ...changed } });
  const number = (
    label: string,
    value: number,
    min: number,
    onChange: (value: number) => void,
    step: number | "any" = 1,
  ) => (
    <label class="field">
      {label}
      <input
        type="number"
        min={min}
        step={step}
        value={value}
        onChange={({ currentTarget }) => {
          if (currentTarget.valueAsNumber >= min) onChange(currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
  return (
    <section class="card" aria-labelledby="training-title">
      <h2 id="training-title">Training</h2>
      {number("Minutes for the whole benchmark", minutes.value, 1, (value) => {
        minutes.value = value;
        fillTime();
      })}
      <div class="buttons">
        <SteadyButton disabled={trialBusy.value} onClick={tryOut}>
          {trialBusy.value ? "Trying …" : "Try ten steps of each"}
        </SteadyButton>
      </div>
      <p class="muted small" aria-live="polite">
        {trial.value
          ? `The trial has set the steps that fit into this time. It took at most ${bytes(trial.value.peakBytes)} of memory.`
          : "A trial measures how long each network takes here, and sets the steps that fit into this time."}
      </p>
      <div class="pair">
        {number("Steps of each training", training.steps, 2, (steps) =>
          train({ steps, validateEvery: Math.max(1, Math.round(steps / 10)) }),
        )}
        {number("Folds", suite.folds, 2, (folds) => change({ ...suite, folds }))}
        {number("Side of a patch, in pixels", training.patch, 8, (patch) => train({ patch }))}
        <label class="field">
          Ranked by
          <select
            value={suite.metrics[0]}
            onChange={({ currentTarget: { value } }) => {
              const metrics = [value, ...suite.metrics.filter((id) => id !== value)];
              change({ ...suite, metrics, training: { ...training, checkpoints: [value] } });
            }}
          >
            {known?.metric.map(({ id, label, summary }) => (
              <option key={id} value={id} title={summary}>
                {label ?? id}
              </option>
            ))}
          </select>
        </label>
      </div>
      <details>
        <summary>Loss, optimizer, scores and floors</summary>
        <div class="pair">
          {number("Patches in a step", training.batchSize, 1, (batchSize) => train({ batchSize }))}
          <label class="field">
            Loss
            <select
              value={suite.loss}
              onChange={({ currentTarget }) => change({ ...suite, loss: currentTarget.value })}
            >
              {known?.loss.map(({ id, summary }) => (
                <option key={id} value={id} title={summary}>
                  {id}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            Optimizer
            <select
              value={suite.optimizer.id}
              onChange={({ currentTarget }) =>
                change({ ...suite, optimizer: { ...suite.optimizer, id: currentTarget.value } })
              }
            >
              {known?.optimizer.map(({ id, summary }) => (
                <option key={id} value={id} title={summary}>
                  {id}
                </option>
              ))}
            </select>
          </label>
          {number(
            "Learning rate",
            suite.optimizer.options.learningRate,
            1e-7,
            (learningRate) => change({ ...suite, optimizer: { ...suite.optimizer, options: { learningRate } } }),
            "any",
          )}
        </div>
        <Choices
          legend="Scores"
          all={(known?.metric ?? []).map(({ id, label, summary }) => ({ id, words: label ?? id, summary }))}
          chosen={suite.metrics}
          fixed={suite.metrics[0]}
          onChange={(metrics) => change({ ...suite, metrics })}
        />
        <Choices
          legend="Floors: simple methods without a network. A network should beat all of them"
          all={(known?.baseline ?? []).map(({ id, summary }) => ({ id, words: id, summary }))}
          chosen={suite.baselines}
          onChange={(baselines) => change({ ...suite, baselines })}
        />
      </details>
    </section>
  );
}

function Choices(props: {
  readonly legend: string;
  readonly all: readonly { readonly id: string; readonly words: string; readonly summary: string }[];
  readonly chosen: readonly string[];
  /** One that cannot be taken away. */
  readonly fixed?: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const { legend, all, chosen, fixed, onChange } = props;
  return (
    <fieldset class="choices chips">
      <legend>{legend}</legend>
      {all.map(({ id, words, summary }) => (
        <label class="check" key={id} title={summary}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            disabled={id === fixed}
            onChange={({ currentTarget }) =>
              onChange(currentTarget.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
            }
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
