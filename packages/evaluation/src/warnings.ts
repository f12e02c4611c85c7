import type { Evaluation } from "@em-stellar/core";
import type { ValueCensus } from "@em-stellar/data";
import { count } from "./count.js";
import type { MethodScores } from "./tasks.js";

/** What is known of a method when warnings are thought of. */
export interface Evaluated {
  readonly name: string;
  readonly censuses: readonly ValueCensus[];
  readonly hash: string;
  readonly scores: MethodScores;
}

type Warning = Evaluation["warnings"][number];

/** What a reader must know before believing the numbers. */
export function warningsOf(methods: readonly Evaluated[], metrics: readonly string[], threshold: number): Warning[] {
  return [
    ...aboutTruth(methods, metrics),
    ...methods.flatMap((method) => aboutMethod(method, threshold)),
    ...twins(methods),
    ...undefinedScores(methods, metrics),
  ];
}

function aboutTruth([first]: readonly Evaluated[], metrics: readonly string[]): Warning[] {
  if (!first) return [];
  const { tp, fn, fp, tn } = first.scores.table;
  if (tp + fn === 0) {
    const zero = ["v-info", "v-rand"].filter((id) => metrics.includes(id));
    const defined = zero.length > 0 ? ` ${zero.join(" and ")} ${zero.length > 1 ? "are" : "is"} 0 by definition;` : "";
    return [
      {
        code: "truth-empty",
        message: `The truth is background throughout: no pixel of it is above 0.5.${defined} scores that divide by the object are not defined, and the others only show how much each method predicts as object where there is none.`,
      },
    ];
  }
  if (fp + tn === 0) {
    return [
      {
        code: "truth-full",
        message:
          "The truth is object throughout: every pixel of it is above 0.5. Scores that divide by the background are not defined.",
      },
    ];
  }
  return [];
}

function aboutMethod({ name, censuses, scores }: Evaluated, threshold: number): Warning[] {
  const { tp, fp, tn, fn } = scores.table;
  const constant = censuses[0]?.lowest;
  if (censuses.every(({ lowest, highest }) => lowest === constant && highest === constant)) {
    const called = tp + fp > 0 ? "object" : "background";
    return [
      {
        code: "constant-prediction",
        message: `${name} is constant: every pixel of every image is ${constant}, so all is called ${called}. Its scores only show how much ${called} there is.`,
      },
    ];
  }
  if (tp + fp === 0 || tn + fn === 0) {
    const [called, side] = tp + fp === 0 ? ["background", "above"] : ["object", "at or below"];
    return [
      {
        code: "constant-prediction",
        message: `${name} calls every pixel ${called}: none is ${side} the threshold ${threshold}. The threshold sweep shows whether another one would do better.`,
      },
    ];
  }
  if (fp + fn === 0 && scores.sameObjects) {
    return [
      {
        code: "equals-truth",
        message: `${name} agrees with the truth in every pixel of every image. Is it a copy of the truth?`,
      },
    ];
  }
  // Below 0: what it calls object is object more rarely than what it calls background.
  if (tp * tn < fp * fn) {
    return [
      {
        code: "inverted",
        message: `${name} predicts mostly background as object and object as background (its scores are below chance). Is its object dark, or are its classes swapped?`,
      },
    ];
  }
  return [];
}

function twins(methods: readonly Evaluated[]): Warning[] {
  const byHash = new Map<string, string[]>();
  for (const { hash, name } of methods) byHash.set(hash, [...(byHash.get(hash) ?? []), name]);
  return [...byHash.values()]
    .filter((names) => names.length > 1)
    .map((names) => ({
      code: "same-predictions",
      message: `${names.slice(0, -1).join(", ")} and ${names.at(-1)} hold the same predictions, pixel for pixel. Was a folder copied?`,
    }));
}

function undefinedScores(methods: readonly Evaluated[], metrics: readonly string[]): Warning[] {
  const affected = metrics
    .map((id) => ({ id, names: methods.filter(({ scores }) => scores.pooled[id] === null).map(({ name }) => name) }))
    .filter(({ names }) => names.length > 0);
  if (affected.length === 0) return [];
  const all = affected.filter(({ names }) => names.length === methods.length).map(({ id }) => id);
  const some = affected.filter(({ names }) => names.length < methods.length);
  const messages = [
    ...(all.length > 0 ? [`Not defined for any method: ${all.join(", ")}.`] : []),
    ...some.map(({ id, names }) => `${id} is not defined for ${count(names.length, "method")}: ${names.join(", ")}.`),
  ];
  return messages.map((message) => ({ code: "undefined-score", message }));
}
