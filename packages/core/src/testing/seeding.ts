import type { Layer } from "../training/network.js";
import { buildModel, fault, layersOf, listed, type Subject, weightName } from "./subject.js";

/** What a model starts from. */
interface Start {
  readonly weights: readonly { readonly name: string; readonly values: ArrayLike<number> }[];
  readonly seeds: readonly Seed[];
}

interface Seed {
  /** `conv2d_1`, or `conv2d_1.kernelInitializer`. */
  readonly place: string;
  readonly seed: number;
}

/** The same seeds give the same weights, others give others, and none is used twice. */
export async function checkSeeding(subject: Subject): Promise<void> {
  const first = await startOf(subject, 1);
  const again = await startOf(subject, 1);
  const other = await startOf(subject, 2);
  const advice = "Take each seed from the function that build is given: heNormal(seed).";

  const unseeded = differing(first, again);
  if (unseeded.length > 0) {
    throw fault(
      subject,
      `has an initialiser without a seed: ${listed(unseeded)} ${unseeded.length === 1 ? "differs" : "differ"} from build to build. ${advice}`,
    );
  }
  const fixed = first.seeds.filter(({ seed }, i) => seed === other.seeds[i]?.seed).map(({ place }) => place);
  if (fixed.length > 0) {
    throw fault(subject, `has seeds that are the same in every training: ${listed(fixed)}. ${advice}`);
  }
  if (differing(first, other).length === 0) {
    throw fault(
      subject,
      `starts from the same weights, whatever the seeds: every training would be the same. ${advice}`,
    );
  }
  const places = new Map<number, string>();
  for (const { place, seed } of first.seeds) {
    const earlier = places.get(seed);
    if (earlier !== undefined) {
      throw fault(subject, `uses one seed twice, for ${listed([earlier, place])}. Call seed() once for each.`);
    }
    places.set(seed, place);
  }
}

async function startOf(subject: Subject, seed: number): Promise<Start> {
  const model = buildModel(subject, [null, null, 1], seed);
  try {
    const weights = model.weights.map(async (weight) => ({
      name: weightName(weight),
      values: await weight.read().data(),
    }));
    return { weights: await Promise.all(weights), seeds: layersOf(model).flatMap(seedsOf) };
  } finally {
    model.dispose();
  }
}

/** The seeds that a layer keeps in its configuration: its own, and those of its initialisers. */
function seedsOf(layer: Layer): Seed[] {
  const options: Record<string, unknown> = layer.getConfig();
  const places = [
    { place: layer.name, config: options },
    ...Object.entries(options).map(([option, value]) => ({
      place: `${layer.name}.${option}`,
      config: (value as { config?: unknown } | null)?.config, // an initialiser is saved as { className, config }
    })),
  ];
  return places.flatMap(({ place, config }) => {
    const seed = (config as { seed?: unknown } | null | undefined)?.seed;
    return typeof seed === "number" ? [{ place, seed }] : [];
  });
}

function differing(a: Start, b: Start): string[] {
  return a.weights
    .filter(({ values }, i) => Array.from(values).some((value, j) => value !== b.weights[i]?.values[j]))
    .map(({ name }) => name);
}
