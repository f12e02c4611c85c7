import { EmStellarError } from "../errors.js";

/** A device that had started cannot go on: its memory is full, or it was lost. What was computed on it since cannot be trusted. */
export class DeviceError extends EmStellarError {
  override readonly name = "DeviceError";
}
