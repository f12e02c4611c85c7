import type { Component } from "./component.js";

/**
 * The names that the scores of metrics go by in results: the id, and for a metric whose id stands before it in the list,
 * the id with the options in which the two differ: `f1`, `f1:background`. Metrics of one id and equal options get one name.
 */
export function scoreNames(metrics: readonly Pick<Component, "id" | "options">[]): string[] {
  return metrics.map(({ id, options }, i) => {
    const first = metrics.findIndex((metric) => metric.id === id);
    if (first === i) return id;
    const known = new Map<string, unknown>(Object.entries(metrics[first]?.options ?? {}));
    const differing = Object.entries(options).filter(([name, value]) => text(known.get(name)) !== text(value));
    return differing.length === 0 ? id : `${id}:${differing.map(([, value]) => text(value)).join(",")}`;
  });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
