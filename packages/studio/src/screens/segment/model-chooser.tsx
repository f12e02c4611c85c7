import { useState } from "preact/hooks";
import { save } from "../../app/save.js";
import { SteadyButton } from "../../app/steady-button.js";
import { ask } from "../../engine/client.js";
import type { ModelChoice, ModelSource } from "../../engine/requests/segment.js";
import { DropZone } from "../../files/drop-zone.js";
import type { GivenFile } from "../../files/given-file.js";
import { busy, choices, model, openModel, problem } from "./state.js";

/** Which model segments: one of the project, or one that is dropped. */
export function ModelChooser() {
  const found = choices.value ?? [];
  const [files, setFiles] = useState<readonly GivenFile[]>();
  const current = model.value;
  const needsNormalization = problem.value?.includes("segmentation.json") === true && files !== undefined;
  const openFiles = (given: readonly GivenFile[]) => {
    setFiles(given);
    openModel({ type: "files", files: given });
  };
  return (
    <section class="card" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      {found.length > 0 && <OfProject found={found} current={current?.source} />}
      {choices.value?.length === 0 && (
        <p class="muted">
          This project has no trained model yet. <a href="#/train">Train networks</a>, or use a model from elsewhere.
        </p>
      )}
      {found.length > 0 ? (
        <details class="elsewhere">
          <summary>Use a model from elsewhere</summary>
          <FromElsewhere onFiles={openFiles} />
        </details>
      ) : (
        <FromElsewhere onFiles={openFiles} />
      )}
      {needsNormalization && files && (
        <p class="small">How were the images normalised that this model was trained on?</p>
      )}
      {needsNormalization && files && (
        <div class="buttons">
          {(["z-score", "min-max"] as const).map((normalization) => (
            <button
              type="button"
              key={normalization}
              onClick={() => openModel({ type: "files", files, normalization })}
            >
              {normalization === "z-score" ? "To mean 0 and deviation 1" : "To values from 0 to 1"}
            </button>
          ))}
        </div>
      )}
      {busy.value === "Opening the model" && <p class="muted">Opening the model and starting the device …</p>}
      {current && (
        <div class="known">
          <p>
            <b>{current.opened.name}</b> is ready on {current.opened.device}.
          </p>
          {current.opened.sentences.map((sentence) => (
            <p key={sentence} class="muted small">
              {sentence}
            </p>
          ))}
        </div>
      )}
    </section>
  );
}

function FromElsewhere({ onFiles }: { readonly onFiles: (files: readonly GivenFile[]) => void }) {
  return (
    <DropZone what="the folder of a model" isFolder onFiles={onFiles}>
      <b class="block">Drop a model folder here</b>
      <span class="muted small">model.json, its weights and segmentation.json</span>
    </DropZone>
  );
}

interface OfProjectProps {
  readonly found: readonly ModelChoice[];
  readonly current: ModelSource | undefined;
}

function OfProject({ found, current }: OfProjectProps) {
  const [chosen, setChosen] = useState(0);
  const choice = found[chosen] ?? found[0];
  if (!choice) return null;
  const isOpen =
    current?.type === "project" && current.choice.run === choice.run && current.choice.label === choice.label;
  const download = async () => {
    const { name, blob } = await ask("download-model", choice);
    save(name, blob);
  };
  return (
    <div class="of-project">
      <label class="field">
        Trained in this project
        <select value={String(chosen)} onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}>
          {found.map(({ run, label, isBest }, i) => (
            <option key={`${run} ${label}`} value={i}>
              {label}
              {isBest ? " (best)" : ""}
              {new Set(found.map((each) => each.run)).size > 1 ? `, ${run.replace("-", " ")}` : ""}
            </option>
          ))}
        </select>
      </label>
      <div class="buttons">
        <SteadyButton
          class={isOpen ? "" : "main"}
          disabled={isOpen || busy.value !== undefined}
          onClick={() => openModel({ type: "project", choice })}
        >
          {isOpen ? "In use" : "Use this model"}
        </SteadyButton>
        <button type="button" onClick={download}>
          Download
        </button>
      </div>
    </div>
  );
}
