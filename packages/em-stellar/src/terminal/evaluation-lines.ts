import type { EvaluationEvent } from "@em-stellar/evaluation";
import { count, duration } from "./format.js";
import { renderTasks } from "./tasks-progress.js";

type Found = Extract<EvaluationEvent, { type: "found" }>;

const doing = { checking: "Checking", scoring: "Scoring" };

/** What stays on the terminal of an event. */
export function evaluationLines(event: EvaluationEvent, predictions: string): string[] {
  if (event.type === "found") return found(event, predictions);
  if (event.type !== "method-scored") return [];
  return [`✓ ${event.method}  ${count(event.images, "image")}, ${duration(event.seconds)}`];
}

/** The live block after an event; undefined where it stays as it was. */
export function evaluationBlock(event: EvaluationEvent, columns: number): string[] | undefined {
  if (event.type === "progress") return renderTasks({ ...event, doing: doing[event.doing] }, columns);
  if (event.type === "comparing") return ["Comparing methods"];
  if (event.type === "drawing") return ["Drawing the report"];
  return event.type === "finished" ? [] : undefined;
}

function found({ truth, methods }: Found, predictions: string): string[] {
  const size = truth.sizes.length === 1 ? `of ${truth.sizes[0]} pixels` : `of ${truth.sizes.length} sizes`;
  const names = methods.map(({ name }) => name);
  const byName = methods.filter(({ pairedBy }) => pairedBy === "name").map(({ name }) => name);
  const byOrder = methods.filter(({ pairedBy }) => pairedBy === "order").map(({ name }) => name);
  const paired =
    byOrder.length === 0
      ? "by name"
      : byName.length === 0
        ? "by order"
        : `by name: ${byName.join(", ")}; by order: ${byOrder.join(", ")}`;
  return [
    `Truth:   ${count(truth.images, truth.isStack ? "page" : "image")} ${size} in ${truth.path}`,
    `Methods: ${count(methods.length, "method")} in ${predictions}: ${names.join(", ")}`,
    `Paired:  ${paired}`,
  ];
}
