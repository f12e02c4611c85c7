import packageJson from "../../package.json" with { type: "json" };
import { deviceChoice, deviceGuess, deviceState } from "./device.js";
import { lastErrors } from "./last-errors.js";
import { withoutNames } from "./without-names.js";

/** What is used of Chromium's own additions, which TypeScript's types lack. */
interface OwnOfChromium {
  /** In GiB, rounded. */
  readonly deviceMemory?: number;
  readonly gpu?: object;
}

/**
 * What somebody who helps has to know of the browser, the device and what went wrong, as lines of text. Names of files stand
 * in it only where `withNames` says so.
 */
export async function diagnostics(withNames: boolean): Promise<string> {
  const { deviceMemory, gpu } = navigator as OwnOfChromium;
  const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  const state = deviceState.value;
  const guess = deviceGuess.value;
  const facts: Readonly<Record<string, string | number | boolean | undefined>> = {
    studio: packageJson.version,
    browser: navigator.userAgent,
    language: navigator.language,
    cores: navigator.hardwareConcurrency,
    "memory, GiB": deviceMemory,
    "threads allowed": crossOriginIsolated,
    "WebGPU in the browser": gpu !== undefined,
    "storage used, MB": usage === undefined ? undefined : Math.round(usage / 1e6),
    "storage allowed, MB": quota === undefined ? undefined : Math.round(quota / 1e6),
    "device chosen": deviceChoice.value.backend,
    "device seen": guess?.name,
    "device in use": state?.description,
    ...state?.details,
  };
  const reasons = [
    ...(guess?.reasons ?? []),
    ...(state?.reasons ?? []).map(({ backend, problem, remedy }) => `${backend}: ${problem} ${remedy}`),
  ];
  const errors = lastErrors().map(({ time, message }) => `${time} ${withNames ? message : withoutNames(message)}`);
  return [
    ...Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])),
    ...reasons.map((reason) => `reason: ${reason}`),
    errors.length === 0 ? "errors: none" : "errors:",
    ...errors.map((error) => `  ${error}`),
  ].join("\n");
}
