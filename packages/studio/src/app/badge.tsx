import { type Signal, signal } from "@preact/signals";
import { type DeviceGuess, guessDevice } from "../engine/guess-device.js";

/** What the page will compute on, as far as a look at the browser tells. */
const device: Signal<DeviceGuess | undefined> = signal(undefined);
guessDevice().then((guess) => {
  device.value = guess;
});

/** Says what trains the networks, and why nothing faster does. */
export function DeviceBadge() {
  const guess = device.value;
  return (
    <details class="badge">
      <summary>
        <span class={`lamp ${guess?.kind ?? "unknown"}`} aria-hidden="true" />
        {guess ? guess.name : "Looking for a GPU"}
      </summary>
      {guess && (
        <div class="panel">
          <p>{guess.meaning}</p>
          {guess.reasons.map((reason) => (
            <p class="muted" key={reason}>
              {reason}
            </p>
          ))}
        </div>
      )}
    </details>
  );
}
