import { bestFirst, type Features, type FeaturesOfModel } from "@em-stellar/core";
import { featuresSentence } from "@em-stellar/report";
import type { FeaturesEvent } from "@em-stellar/runner/node";
import { deviceLines } from "./device-lines.js";
import { renderFeatures } from "./feature-progress.js";
import { count, duration } from "./format.js";
import { fittingTable } from "./text-table.js";

/** What stays on the terminal of an event. */
export function featuresLines(event: FeaturesEvent): string[] {
  if (event.type === "opened") {
    const { models, images, device, reasons } = event;
    return [
      `Models: ${models.join(", ")}`,
      `Images: ${count(images.length, "image")} (${images.join(", ")}), on ${device.description}`,
      ...reasons,
      ...deviceLines(device, "computing"),
    ];
  }
  if (event.type !== "model-correlated") return [];
  const { model, channels, blocks, seconds } = event;
  return [`✓ ${model}  ${count(channels, "channel")} in ${count(blocks, "block")}, ${duration(seconds)}`];
}

/** The live block after an event; undefined where it stays as it was. */
export function featuresBlock(event: FeaturesEvent, columns: number): string[] | undefined {
  if (event.type === "progress") return renderFeatures(event, columns);
  return event.type === "finished" ? [] : undefined;
}

/** The table of models and what there is to say about it. */
export function featuresResult({ models, threshold, warnings, ...rest }: Features, columns: number): string[] {
  const digits = (value: number | null) => (value === null ? "n/a" : value.toFixed(3));
  const share = (value: number | null) => (value === null ? "n/a" : `${(100 * value).toFixed(1)} %`);
  const dead = ({ blocks }: FeaturesOfModel) => blocks.reduce((sum, block) => sum + block.dead, 0);
  const header = ["", "model", "channels", "dead", "mean |r|", `|r| > ${threshold}`, "with a twin"];
  const rows = bestFirst("minimize", models, ({ redundancy }) => redundancy.meanAbs).map((model, i) => [
    String(i + 1),
    model.name,
    String(model.channels),
    String(dead(model)),
    digits(model.redundancy.meanAbs),
    share(model.redundancy.above),
    share(model.redundancy.twins),
  ]);
  return [
    "",
    fittingTable(header, rows, columns, {
      byImportance: [0, 1, 4, 6, 5, 2, 3],
      left: [1],
      elsewhere: "They are on the page.",
    }),
    "",
    ...warnings.map(({ message }) => `! ${message}`),
    featuresSentence({ models, threshold, warnings, ...rest }),
  ];
}
