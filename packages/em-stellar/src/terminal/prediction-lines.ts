import { basename } from "node:path";
import type { PredictionEvent } from "@em-stellar/runner/node";
import { deviceLines } from "./device-lines.js";
import { count, duration } from "./format.js";
import { withFlags } from "./option-flags.js";
import { pixelRate, renderPrediction } from "./prediction-progress.js";
import { renderTasks } from "./tasks-progress.js";

type Of<Type extends PredictionEvent["type"]> = Extract<PredictionEvent, { type: Type }>;

/** Options that warnings name. */
const flags = [{ long: "--pixel-size", attributeName: () => "pixelSize" }];

/** What stays on the terminal of an event. */
export function predictionLines(event: PredictionEvent): string[] {
  switch (event.type) {
    case "model-opened":
      return modelLines(event);
    case "images-found":
      return [foundLine(event)];
    case "warning":
      return [`! ${withFlags(event.message, flags)}`];
    case "pixel-size":
      return [event.message];
    case "prediction-started":
      return [
        `Device: ${event.device.description}${event.workers > 1 ? `, ${count(event.workers, "worker")}` : ""}`,
        ...deviceLines(event.device, "predicting"),
      ];
    case "image-predicted":
      return [imageLine(event)];
    case "finished":
      return [...doneLines(event), `Results: ${event.out}`, ...event.tables.map((table) => `Table:   ${table}`)];
    default:
      return [];
  }
}

/** The live block after an event; undefined where it stays as it was. */
export function predictionBlock(event: PredictionEvent, columns: number): string[] | undefined {
  switch (event.type) {
    case "checked":
      return renderTasks({ doing: "Checking", tasks: [{ name: "images", ...event }], seconds: event.seconds }, columns);
    case "progress":
      return renderPrediction(event, columns);
    case "prediction-started":
    case "finished":
      return [];
    default:
      return undefined;
  }
}

function modelLines({ folder, notes, reasons, ensemble }: Of<"model-opened">): string[] {
  if (ensemble) {
    const { name, suite, members } = ensemble;
    return [`Model:  ${name} of suite ${suite}, an ensemble of ${count(members.length, "model")}`, `        ${folder}`];
  }
  const { network, training } = notes ?? {};
  const from = training && ` of suite ${training.suite}, fold ${training.fold}, seed ${training.seed}`;
  const by =
    training &&
    (training.value === null
      ? `, last weights, of step ${training.step}: no criterion ever had a value`
      : `, best by ${training.criterion} (${training.value.toFixed(3)} on validation images) at step ${training.step}`);
  return [
    `Model:  ${training?.method ?? network?.id ?? basename(folder)}${from ?? ""}${by ?? ""}`,
    `        ${folder}`,
    ...reasons.map((reason) => (reason.startsWith("!") ? reason : `        ${reason}`)),
  ];
}

function foundLine({ images, sizes, before, out }: Of<"images-found">): string {
  const size = sizes.length === 1 ? `of ${sizes[0]} pixels` : `of ${sizes.length} sizes`;
  return `Images: ${count(images, "image")} ${size}${before > 0 ? `; ${before} of them are in ${out} already` : ""}`;
}

function imageLine({ image, object, objects, seconds }: Of<"image-predicted">): string {
  const share = `object ${(100 * object).toFixed(1)} %`;
  const found = objects === undefined ? [] : [count(objects, "object")];
  return `✓ ${image}  ${[share, ...found, duration(seconds)].join(", ")}`;
}

function doneLines({ images, pixels, seconds, peakBytes }: Of<"finished">): string[] {
  if (images === 0) return [];
  const peak = Math.round(peakBytes / 2 ** 20);
  return [
    `Predicted ${count(images, "image")} in ${duration(seconds)} (${pixelRate(pixels / seconds)}), with at most ${peak} MiB on the device.`,
  ];
}
