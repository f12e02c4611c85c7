import { signal } from "@preact/signals";
import { ask } from "../../engine/client.js";
import type {
  EvaluationOrder,
  EvaluationOutcome,
  EvaluationProgress,
  ObjectValues,
} from "../../engine/requests/evaluate.js";
import type { GivenFile } from "../../files/given-file.js";

export const truth = signal<readonly GivenFile[]>([]);
export const predictions = signal<readonly GivenFile[]>([]);
export const images = signal<readonly GivenFile[]>([]);
export const options = signal<Pick<EvaluationOrder, "threshold" | "positive" | "pair" | "labels" | "truthLabels">>({
  threshold: 0.5,
  positive: "object",
  pair: "auto",
  labels: null,
  truthLabels: null,
});
export const progress = signal<EvaluationProgress | undefined>(undefined);
export const outcome = signal<EvaluationOutcome | undefined>(undefined);
export const problem = signal<string | undefined>(undefined);

let stopping: AbortController | undefined;

export async function evaluate(): Promise<void> {
  const controller = new AbortController();
  stopping = controller;
  problem.value = undefined;
  outcome.value = undefined;
  progress.value = { doing: "Reading the images", share: 0 };
  const order = {
    ...options.value,
    truth: truth.value,
    predictions: predictions.value,
    images: images.value,
    browser: navigator.userAgent,
  };
  try {
    const told = (now: EvaluationProgress) => {
      progress.value = now;
    };
    outcome.value = await ask("evaluate", order, { told, signal: controller.signal });
  } catch (error) {
    if (!controller.signal.aborted) problem.value = error instanceof Error ? error.message : String(error);
  } finally {
    progress.value = undefined;
  }
}

export function stop(): void {
  stopping?.abort();
}

/** `1, 3` or `nonzero`, as the user writes them; empty: as the numbers say. Undefined where it is none of these. */
export function valuesOf(text: string): ObjectValues | undefined {
  const plain = text.trim().toLowerCase();
  if (plain === "") return null;
  if (plain === "nonzero") return "nonzero";
  const values = plain.split(/[\s,;]+/).map(Number);
  return values.every((value) => Number.isInteger(value) && value >= 0) ? values : undefined;
}
