import {
  beatsFloor,
  bestFloor,
  finishedRuns,
  goalOf,
  isFloor,
  methodScore,
  type Results,
  rankMethods,
  type Warning,
} from "@em-stellar/core";
import { codeInWords, formatScore, formatShare, plural } from "./format.js";
import { type Content, html, listed } from "./html.js";
import { lostCode, lostGuide, lostWarnings } from "./lost-pictures.js";
import { metricLabel, rankingLabel } from "./metrics.js";
import { runLabel } from "./scores.js";
import type { Section } from "./section.js";
import type { LostPicture } from "./stored-map.js";
import { warningsStyle } from "./style/warnings-style.js";

/** Below this many test images even a method that wins on each of them may have won by luck (1 in 20 or more). */
const enoughTestImages = 6;

/** A warning whose message may be markup. */
interface Shown extends Pick<Warning, "code"> {
  readonly message: Content;
}

/** What is called how, and what to do about it. A code that is not listed is its own title. */
const guides: Record<string, { title: string; advice: string }> = {
  [lostCode]: lostGuide,
  leak: {
    title: "Test images resemble training images",
    advice: "Keep neighbouring slices of a stack on one side: group them, or take test images from elsewhere.",
  },
  "neighbouring-slices": {
    title: "Test slices next to training slices",
    advice: "Leave a gap between training and test slices, or take the test images from another stack.",
  },
  "shared-groups": {
    title: "Test images of groups that are learnt from",
    advice: "Hold out whole groups, so that the scores hold for animals or regions that no method has seen.",
  },
  "same-training": {
    title: "One training under two names",
    advice: "Leave one of them out, or make them differ: their scores are the same by construction.",
  },
  "extended-schedule": {
    title: "Trainings that went on longer than planned",
    advice: "Compare them with others that were extended alike, or start afresh with this number of steps.",
  },
  "validation-leak": {
    title: "Validation images resemble training images",
    advice: "Group images that belong together, so that each fold has whole stacks, animals or regions.",
  },
  "job-unfinished": {
    title: "Trainings that did not finish",
    advice:
      "Run the suite again, and they continue where they stopped. If one ends early again, use fewer workers or smaller patches.",
  },
  "job-failed": {
    title: "Trainings failed",
    advice:
      "Their numbers are left out. Read the reason, change the options it names (often the learning rate), and run the suite again: finished trainings are kept.",
  },
  "few-test-images": {
    title: "Few test images",
    advice: "Treat methods with similar scores as equal, or label more test images.",
  },
  "few-groups": {
    title: "Test images that are not independent",
    advice: "Take test images from at least six groups (animals, regions, stacks).",
  },
  "below-floor": {
    title: "Networks that do not beat the floors",
    advice:
      "Look at the learning curves: more steps, a higher learning rate or another loss may be needed; check that masks and images belong together.",
  },
  "dead-head": { title: "A network’s output has died", advice: "Its scores say nothing about its design." },
  "all-background": {
    title: "A network calls everything background",
    advice: "Its scores say little about its design.",
  },
  "head-lock": { title: "A network calls everything object", advice: "Its scores say nothing about its design." },
  "constant-prediction": {
    title: "Predictions without content",
    advice:
      "The network has not learnt to distinguish the classes, or its threshold is wrong. Choose the threshold on validation images.",
  },
  "class-balance": {
    title: "One class fills the images",
    advice:
      "Judge by Jaccard or F1 of the rare class; accuracy is high for any method here. Patches centred on objects (training.foreground) help training.",
  },
  "undefined-score": {
    title: "Scores that are not defined",
    advice:
      "They divide by a class that the images, or the prediction, do not have. The mean is over the trainings where they are defined, and a method without the ranking score in some of its trainings ranks below those that have it in all.",
  },
  "one-run": {
    title: "One training for each network",
    advice: "Add folds and seeds: without repeats, a difference cannot be distinguished from luck.",
  },
  "no-floor": {
    title: "No floors",
    advice: 'Add "baselines" to the suite: constant, otsu and smoothed-threshold take seconds.',
  },
};

/** Seen while the pictures were drawn: networks that call every pixel of every picture the same. */
export interface ConstantPrediction {
  readonly method: string;
  readonly calls: "object" | "background";
}

/** What was noticed while the pictures were drawn. */
interface Seen {
  readonly constant: readonly ConstantPrediction[];
  readonly lost: readonly LostPicture[];
}

/** The run's own warnings and those that follow from its numbers and pictures, grouped by kind. */
export function warningsSection(results: Results, seen: Seen): Section | undefined {
  const warnings = collect(results, seen);
  const codes = [...new Set(warnings.map(({ code }) => code))];
  if (codes.length === 0) return undefined;
  return {
    id: "warnings",
    title: "Warnings",
    heading: plural(codes.length, "warning"),
    classes: "warnings",
    style: warningsStyle,
    body: html`<ul>${codes.map((code) => {
      const messages = warnings.filter((warning) => warning.code === code).map(({ message }) => message);
      const guide = guides[code];
      const [shown, rest] = [messages.slice(0, 4), messages.slice(4)];
      return html`<li><h3>${guide?.title ?? codeInWords(code)}</h3>${shown.map((message) => html`<p>${message}</p>`)}${
        rest.length > 0 &&
        html`<details><summary>${plural(rest.length, "more")}</summary>${rest.map((message) => html`<p>${message}</p>`)}</details>`
      }${guide && html`<p class="advice">${guide.advice}</p>`}</li>`;
    })}</ul>`,
  };
}

function collect(results: Results, { constant, lost }: Seen): Shown[] {
  const failures = failedRuns(results);
  const own = results.warnings.filter(({ code }) => code !== "job-failed" || failures.length === 0);
  const derived = [
    ...lostWarnings(lost),
    ...failures,
    ...fewTestImages(results),
    ...fewGroups(results),
    ...belowFloor(results),
    ...oneRun(results),
    ...noFloor(results),
    ...classBalance(results),
    ...undefinedScores(results),
    ...constant.map(({ method, calls }) => ({
      code: "constant-prediction",
      message: html`<b>${method}</b> calls every pixel of every picture below ${calls}.`,
    })),
  ];
  const known = new Set(own.map(({ code }) => code));
  return [...own, ...derived.filter(({ code }) => !known.has(code))];
}

function failedRuns(results: Results): Shown[] {
  return results.methods.flatMap((method) =>
    method.runs
      .filter((run) => run.state === "failed")
      .map((run) => ({
        code: "job-failed",
        message: html`<b>${method.name}</b>, ${runLabel(run)}, after ${plural(run.steps, "step")}: ${run.failure ?? "no reason was recorded."}`,
      })),
  );
}

function fewTestImages({ data }: Results): Shown[] {
  if (data.test >= enoughTestImages) return [];
  return [
    {
      code: "few-test-images",
      message: `There ${data.test === 1 ? "is" : "are"} ${plural(data.test, "test image")}; with fewer than ${enoughTestImages}, no comparison image by image can rule out luck.`,
    },
  ];
}

function fewGroups({ statistics }: Results): Shown[] {
  const note = statistics?.units.note;
  return note === undefined ? [] : [{ code: "few-groups", message: note }];
}

function belowFloor(results: Results): Shown[] {
  const goal = goalOf(results, results.rankedBy);
  const ranked = rankMethods(results);
  const floor = bestFloor(ranked);
  return ranked.flatMap(({ method, score }) => {
    if (method.kind !== "network" || !score || !floor?.score) return [];
    if (beatsFloor(goal, score, floor.score)) return [];
    return [
      {
        code: "below-floor",
        message: html`<b>${method.name}</b> (${rankingLabel(results)} ${formatScore(score.mean)}) does not beat <b>${floor.method.name}</b> (${formatScore(floor.score.mean)}).`,
      },
    ];
  });
}

function oneRun({ methods }: Results): Shown[] {
  const networks = methods.filter(({ kind }) => kind === "network");
  if (networks.length === 0 || networks.some(({ runs }) => runs.length > 1)) return [];
  return [{ code: "one-run", message: "Every network was trained once." }];
}

function noFloor({ methods }: Results): Shown[] {
  return methods.some(isFloor)
    ? []
    : [{ code: "no-floor", message: "No floor was run, so it is not known what a simple method would reach." }];
}

function classBalance({ data: { foreground } }: Results): Shown[] {
  if (foreground >= 0.05 && foreground <= 0.95) return [];
  return [
    {
      code: "class-balance",
      message: `${formatShare(foreground)} of the training pixels are object: a method that calls every pixel ${foreground < 0.5 ? "background" : "object"} has an accuracy of about ${formatShare(Math.max(foreground, 1 - foreground))}.`,
    },
  ];
}

function undefinedScores(results: Results): Shown[] {
  return results.metrics.flatMap((metric) => {
    const affected = results.methods.filter((method) => {
      const runs = finishedRuns(method).length;
      return runs > 0 && (methodScore(method, metric.id)?.undefinedRuns ?? runs) > 0;
    });
    if (affected.length === 0) return [];
    return [
      {
        code: "undefined-score",
        message: html`${metricLabel(metric)} is not defined in at least one training of ${listed(affected.map(({ name }) => html`<b>${name}</b>`))}.`,
      },
    ];
  });
}
