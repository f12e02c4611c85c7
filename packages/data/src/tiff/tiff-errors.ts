import { InputError } from "@em-stellar/core";

/** A TIFF whose bytes contradict each other or are missing. */
export function damagedTiff(name: string, problem: string): InputError {
  return new InputError(`${name} is a corrupt or truncated TIFF (${problem}). Copy or export it again.`);
}

/** A TIFF that is right, but written in a way that is not read here. */
export function unsupportedTiff(name: string, what: string): InputError {
  return new InputError(
    `${name} is a TIFF with ${what}, which is not read here. Save it in Fiji as an uncompressed TIFF.`,
  );
}
