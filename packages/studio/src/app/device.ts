import { signal } from "@preact/signals";
import { ask } from "../engine/client.js";
import { type DeviceGuess, guessDevice } from "../engine/guess-device.js";
import type { DeviceChoice, DeviceState } from "../engine/requests/device.js";

const key = "em-stellar-device";
const usual: DeviceChoice = { backend: "auto", allowSoftware: false };

/** What the user wants to compute on; kept for the next visit. */
export const deviceChoice = signal<DeviceChoice>(readChoice());
/** What a look at the browser tells, before a device is started. */
export const deviceGuess = signal<DeviceGuess | undefined>(undefined);
/** What the engine computes on, once it has started a device. */
export const deviceState = signal<DeviceState | undefined>(undefined);
/** Why the chosen device did not start. */
export const deviceProblem = signal<string | undefined>(undefined);

guessDevice().then((guess) => {
  deviceGuess.value = guess;
});

/** Starts the chosen device, which loads its code; tells undefined where it does not start, and `deviceProblem` why. */
export async function startDevice(): Promise<DeviceState | undefined> {
  deviceProblem.value = undefined;
  try {
    const state = await ask("device", deviceChoice.value);
    deviceState.value = state;
    return state;
  } catch (error) {
    deviceProblem.value = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}

/** Takes another device from the next start on. */
export function chooseDevice(choice: DeviceChoice): void {
  deviceChoice.value = choice;
  deviceState.value = undefined;
  deviceProblem.value = undefined;
  try {
    localStorage.setItem(key, JSON.stringify(choice));
  } catch {
    // Site data are blocked: the choice lasts as long as the page.
  }
}

function readChoice(): DeviceChoice {
  try {
    const kept: Partial<DeviceChoice> = JSON.parse(localStorage.getItem(key) ?? "{}");
    const isKnown = kept.backend === "auto" || kept.backend === "webgpu" || kept.backend === "wasm";
    return isKnown ? { backend: kept.backend, allowSoftware: kept.allowSoftware === true } : usual;
  } catch {
    return usual; // site data are blocked or damaged
  }
}
