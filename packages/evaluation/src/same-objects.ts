import type { ProbabilityMap } from "@em-stellar/core";

/**
 * Whether two masks that agree in every pixel also agree on which pixels are one object: numbered alike, up to the numbers.
 * Where one of them numbers none it does not say, and the answer is no.
 */
export function sameObjects(a: Pick<ProbabilityMap, "instances">, b: Pick<ProbabilityMap, "instances">): boolean {
  if (!a.instances || !b.instances) return a.instances === b.instances;
  const { instances: others } = b;
  const [partner, reverse] = [new Map<number, number>(), new Map<number, number>()];
  return a.instances.every((number, i) => {
    const other = others[i] as number; // of one size
    if (!partner.has(number)) partner.set(number, other);
    if (!reverse.has(other)) reverse.set(other, number);
    return partner.get(number) === other && reverse.get(other) === number;
  });
}
