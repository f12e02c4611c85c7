import { dispose } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

type Layer = LayersModel["layers"][number];

/**
 * Notes the weights of layers that no optimizer changes, such as moving averages. What comes back calls the layers once more as
 * they were: it puts these weights back, does what it is given, and leaves them as it found them, so that an average moves
 * once. It can be used once.
 */
export function keepState(layers: readonly Layer[]): <T>(again: () => T) => T {
  const weights = [...new Set(layers)].flatMap((layer) => layer.nonTrainableWeights);
  const values = () => weights.map((weight) => weight.read().clone());
  const write = (kept: ReturnType<typeof values>) => {
    weights.forEach((weight, i) => void weight.write(kept[i] as (typeof kept)[number]));
    dispose(kept);
  };
  const before = values();
  return (again) => {
    const now = values();
    write(before);
    try {
      return again();
    } finally {
      write(now);
    }
  };
}
