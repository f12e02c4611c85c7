import { EmStellarError, type FailureCause } from "@em-stellar/core";
import { dispose, type Scalar } from "@tensorflow/tfjs-core";

/** A training that cannot go on: its loss is no longer a number, or its device gave up. */
export class TrainingFailure extends EmStellarError {
  override readonly name = "TrainingFailure";
  readonly step: number;
  override readonly cause: Extract<FailureCause, "loss" | "device">;

  constructor(step: number, message: string, cause: Extract<FailureCause, "loss" | "device">) {
    super(message);
    this.step = step;
    this.cause = cause;
  }
}

/**
 * Reads losses back from the device and disposes them; the last one is that of `lastStep`. Throws {@link TrainingFailure} where
 * one is no number.
 */
export async function readLosses(pending: readonly Scalar[], lastStep: number): Promise<number[]> {
  const values: number[] = [];
  for (const [i, loss] of pending.entries()) {
    const value = (await loss.data())[0] as number;
    loss.dispose();
    values.push(value);
    if (!Number.isFinite(value)) {
      dispose([...pending.slice(i + 1)]);
      const step = lastStep - pending.length + 1 + i;
      throw new TrainingFailure(
        step,
        `the loss became ${value} at step ${step}. Try a smaller learning rate, more warm-up, or another loss.`,
        "loss",
      );
    }
  }
  return values;
}
