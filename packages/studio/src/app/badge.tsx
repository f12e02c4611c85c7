import type { DeviceChoice } from "../engine/requests/device.js";
import { chooseDevice, deviceChoice, deviceGuess, deviceProblem, deviceState, startDevice } from "./device.js";
import { deviceName } from "./device-name.js";

/** Says what trains the networks and why nothing faster does, and lets the user choose. */
export function DeviceBadge() {
  const guess = deviceGuess.value;
  const state = deviceState.value;
  const choice = deviceChoice.value;
  const problem = deviceProblem.value;
  const wanted = choice.backend === "wasm" ? "Processor" : choice.backend === "webgpu" ? "WebGPU" : guess?.name;
  const kind = state ? (state.backend === "webgpu" ? "webgpu" : "threads") : (guess?.kind ?? "unknown");
  return (
    <details class="badge">
      <summary>
        <span class={`lamp ${problem ? "wrong" : kind}`} aria-hidden="true" />
        <span class="visually-hidden">Computes on: </span>
        <span class="name">{state ? deviceName(state) : (wanted ?? "Looking for a GPU")}</span>
      </summary>
      <div class="panel">
        {state ? (
          <p>
            Networks train on <b>{state.description}</b>.
          </p>
        ) : (
          choice.backend === "auto" && guess && <p>{guess.meaning}</p>
        )}
        {problem && <p class="problem">{problem}</p>}
        {state?.reasons.map(({ backend, problem: why, remedy }) => (
          <p class="muted" key={backend}>
            {why} {remedy}
          </p>
        ))}
        {!state &&
          guess?.reasons.map((reason) => (
            <p class="muted" key={reason}>
              {reason}
            </p>
          ))}
        <label class="field">
          Compute on
          <select
            value={choice.backend}
            onChange={({ currentTarget }) =>
              // The options below are the values of this type.
              chooseDevice({ ...choice, backend: currentTarget.value as DeviceChoice["backend"] })
            }
          >
            <option value="auto">the fastest that starts</option>
            <option value="webgpu">graphics processor (WebGPU)</option>
            <option value="wasm">processor (WebAssembly)</option>
          </select>
        </label>
        {choice.backend !== "wasm" && (
          <label class="check">
            <input
              type="checkbox"
              checked={choice.allowSoftware}
              onChange={({ currentTarget }) => chooseDevice({ ...choice, allowSoftware: currentTarget.checked })}
            />
            Accept a graphics processor that software imitates (slow)
          </label>
        )}
        <button type="button" onClick={startDevice}>
          Try it
        </button>
      </div>
    </details>
  );
}
