import type { GpuAdapterInfo } from "../gpu-types.js";
import { type MatrixUnit, tilesOf } from "./tile.js";

/** The unit that the tensor cores of an adapter multiply best, the largest; else, in words, why there is none. */
export function chooseUnit(info: GpuAdapterInfo, features: ReadonlySet<string>): MatrixUnit | string {
  const { subgroupMatrixConfigs = [], subgroupMinSize: least, subgroupMaxSize: most } = info;
  if (!features.has("chromium-experimental-subgroup-matrix") || !features.has("subgroups")) {
    return "the adapter offers no subgroup matrices";
  }
  if (least === undefined || most === undefined || least !== most) {
    return `the adapter's subgroups have from ${least} to ${most} threads`;
  }
  const units = [...subgroupMatrixConfigs]
    .filter(({ componentType, resultComponentType }) => componentType === "f16" && resultComponentType === "f32")
    .map(({ M, N, K }): MatrixUnit => ({ m: M, n: N, k: K, lanes: most }))
    .filter((unit) => tilesOf(unit).length > 0)
    .sort((a, b) => b.m * b.n * b.k - a.m * a.n * a.k);
  return units[0] ?? "the adapter multiplies no matrices of float16 into float32";
}
