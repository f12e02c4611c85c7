import type { DeviceChoice } from "../start-device.js";

/** What chooses the same on the command line, with a space before it; empty where nothing was chosen. */
export function flagsOf({ backend, backendOption = {}, allowSoftware, precision }: Partial<DeviceChoice>): string {
  const flags = [
    ...(typeof backend === "string" ? [`--backend ${backend}`] : []),
    ...Object.entries(backendOption).map(([name, value]) => `--backend-option ${name}=${text(value)}`),
    ...(allowSoftware ? ["--allow-software"] : []),
    ...(precision === undefined ? [] : [`--precision ${precision}`]),
  ];
  return flags.map((flag) => ` ${flag}`).join("");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
