import { complexity } from "@em-stellar/analysis/complexity";
import { InputError } from "@em-stellar/core";
import type { NetworkMethod } from "./method.js";
import type { OpenRun } from "./open-run.js";
import type { ImageSize } from "./prediction/predict-image.js";
import { memoryNeed } from "./training/memory-need.js";
import { predictionMemory } from "./training/validate.js";
import type { TrainingOptions } from "./training-options.js";

/** Trainings that take less by a rough estimate are not rehearsed: no device has less memory than several times as much. */
const small = 2 ** 30;

/**
 * Refuses, before anything is trained, networks that do not fit into the device's memory, and says which options would make them
 * fit. Throws `InputError`. Where the device cannot tell beforehand, nothing is refused.
 */
export async function requireMemory(run: OpenRun): Promise<void> {
  const { device } = run;
  if (!device.rehearse) return;
  const selected = new Set(run.jobs.map(({ method }) => method));
  const images = imagesOf(run);
  const seen: NetworkMethod[] = [];
  const problems: string[] = [];
  for (const method of run.methods) {
    if (method.kind !== "network" || !selected.has(method.name) || seen.some(isAlike(method))) continue;
    seen.push(method);
    if (roughNeed(method, images) < small) continue;
    if ((await memoryNeed(device, method, images)) !== Number.POSITIVE_INFINITY) continue;
    const { name, training } = method;
    const { patch, batchSize, microBatch } = training;
    const part = microBatch === null || microBatch === batchSize ? "" : `, of which ${microBatch} at a time`;
    const ways = await waysToFit(run, method, images);
    const remedy =
      ways.length === 0
        ? "No training.microBatch or training.recompute would make it fit: use a smaller training.patch, or fewer filters."
        : `It would fit with ${ways.join(", or with ")}.`;
    problems.push(
      `Training "${name}" does not fit into the memory of ${device.backend}, with training.patch ${patch} and training.batchSize ${batchSize}${part}. ${remedy}`,
    );
  }
  if (problems.length > 0) throw new InputError(problems.join("\n"));
}

/** Bytes that the trainings of methods would take, by name, as rehearsals tell; absent where the device cannot tell. */
export async function memoryNeeds(run: OpenRun, methods: readonly NetworkMethod[]): Promise<Map<string, number>> {
  const images = imagesOf(run);
  const needs = new Map<string, number>();
  for (const method of methods) {
    const twin = methods.find(isAlike(method)); // the method itself, or one before it
    const bytes = needs.get(twin?.name ?? "") ?? (await memoryNeed(run.device, method, images));
    if (bytes !== undefined) needs.set(method.name, bytes);
  }
  return needs;
}

/** Every image that a training may predict, those of other data as well. */
function imagesOf({ datasets }: Pick<OpenRun, "datasets">): ImageSize[] {
  return [...datasets.values()].flatMap(({ train, test }) => [...train, ...test]);
}

/** Whether another training takes as much: losses take little, and all about the same. */
function isAlike({ network, optimizer, training }: NetworkMethod) {
  return (other: NetworkMethod) =>
    other.network === network && other.optimizer === optimizer && other.training === training;
}

/** More bytes than nearly every training takes; 0 for a network that cannot be built, whose jobs say why. */
function roughNeed({ network, training }: NetworkMethod, images: readonly ImageSize[]): number {
  const { patch, batchSize, microBatch } = training;
  const channels = images[0]?.channels ?? 1;
  try {
    const { memory } = complexity(network, [patch, patch, channels]);
    const largest = images.reduce((most, { width, height }) => Math.max(most, width * height), 0);
    const prediction = Math.min(predictionMemory, (2 * memory.inference * largest) / patch ** 2);
    return 2 * (microBatch ?? batchSize) * memory.training + 8 * memory.weights + prediction;
  } catch {
    return 0;
  }
}

/** Options under which a method fits, each with what it then takes. */
async function waysToFit(
  { device }: Pick<OpenRun, "device">,
  method: NetworkMethod,
  images: readonly ImageSize[],
): Promise<string[]> {
  const { training } = method;
  const { batchSize, microBatch, recompute } = training;
  const smaller = Array.from({ length: (microBatch ?? batchSize) - 1 }, (_, i) => i + 1)
    .filter((size) => batchSize % size === 0)
    .reverse();
  const needed = (changed: Partial<TrainingOptions>) => memoryNeed(device, method, images, { ...training, ...changed });
  const ways: string[] = [];
  for (const again of recompute ? [true] : [false, true]) {
    for (const size of again && !recompute ? [null, ...smaller] : smaller) {
      const changed = { ...(again && { recompute: true }), ...(size !== null && { microBatch: size }) };
      const bytes = await needed(changed);
      if (bytes === undefined || bytes === Number.POSITIVE_INFINITY) continue;
      const said = Object.entries(changed).map(([name, value]) => `training.${name}: ${value}`);
      ways.push(`${said.join(" and ")} (${Math.round(bytes / 2 ** 20)} MiB)`);
      break;
    }
  }
  return ways;
}
