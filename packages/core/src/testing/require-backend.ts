import { ready } from "@tensorflow/tfjs-core";
import { EmStellarError } from "../errors.js";

/** Throws `EmStellarError` where no backend of tfjs is started. */
export async function requireBackend(): Promise<void> {
  try {
    await ready();
  } catch (cause) {
    throw new EmStellarError(
      "tfjs has no backend to check on. Start one first: await wasm().start(), of @em-stellar/backend-wasm.",
      { cause },
    );
  }
}
