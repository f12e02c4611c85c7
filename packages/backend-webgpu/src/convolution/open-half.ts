import { EmStellarError } from "@em-stellar/core";
import type { KernelBackend } from "@tensorflow/tfjs-core";
import type { Compute } from "../compute.js";
import type { GpuAdapterInfo } from "../gpu-types.js";
import { checkHalf } from "./check-half.js";
import { fits } from "./choose.js";
import { chooseUnit } from "./choose-unit.js";
import { gradientScales } from "./gradient-scale.js";
import type { Half } from "./half.js";
import { tileName, tiles, tilesOf } from "./tile.js";

/**
 * Half precision on a device, tried out, and a line on its tensor cores for results; `withTensorCores` says whether to use them.
 * Throws where the device computes wrongly.
 */
export async function openHalf(
  compute: Compute,
  backend: KernelBackend,
  info: GpuAdapterInfo,
  withTensorCores: boolean,
): Promise<{ half: Half; tensorCores: string }> {
  const scaleOf = gradientScales(compute);
  const onThreads = tiles.filter((tile) => fits(tile, true, compute)).slice(0, 1);
  const [problem] = await checkHalf(compute, backend, scaleOf, onThreads);
  if (problem !== undefined) throw new EmStellarError(`tried in half precision, ${problem}`);
  const unit = withTensorCores
    ? chooseUnit(info, compute.features)
    : "on software they are tried with the option tune only";
  if (typeof unit === "string") return { half: { tilesOfUnits: [], scaleOf }, tensorCores: `not used: ${unit}` };
  const candidates = tilesOf(unit).filter((tile) => fits(tile, true, compute));
  const problems = await checkHalf(compute, backend, scaleOf, candidates);
  const tilesOfUnits = candidates.filter((_, i) => problems[i] === undefined);
  const wrong = candidates.flatMap((tile, i) => (problems[i] === undefined ? [] : `${tileName(tile)}: ${problems[i]}`));
  const [first] = wrong;
  const used = `${tilesOfUnits.length > 0 ? "" : "not "}used: ${unit.m}x${unit.n}x${unit.k} by ${unit.lanes} threads`;
  return {
    half: { tilesOfUnits, scaleOf },
    tensorCores: first === undefined ? used : `${used}; ${wrong.length} of ${candidates.length} tiles fail (${first})`,
  };
}
