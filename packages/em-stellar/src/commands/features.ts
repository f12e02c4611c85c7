import { join, resolve } from "node:path";
import { memoryStore, writeText } from "@em-stellar/core";
import type { PlanesReading } from "@em-stellar/data";
import { renderFeatures } from "@em-stellar/report";
import { correlateModels } from "@em-stellar/runner/node";
import { environment } from "../environment.js";
import { registryForRuns } from "../recorded-plugins.js";
import { requireOwnFolder, writeFolder } from "../result-folder.js";
import { startDevice } from "../start-device.js";
import { commandLine } from "../terminal/command-line.js";
import { featuresBlock, featuresLines, featuresResult } from "../terminal/features-lines.js";
import { duration } from "../terminal/format.js";
import { interruptible } from "../terminal/interruptible.js";
import { roomOf, type Terminal } from "../terminal/terminal.js";

/** The command's options as they were written. */
export interface FeaturesCommand {
  readonly images: readonly string[];
  readonly out?: string;
  readonly count?: number;
  readonly side?: number;
  readonly threshold?: number;
  readonly planes?: PlanesReading;
  readonly backend?: string;
  readonly allowSoftware?: boolean;
  readonly plugin?: readonly string[];
}

const leavings = { file: "features.json", kind: "features" };

/** `em-stellar features MODEL…`: how much the feature channels of trained networks repeat each other. */
export async function features(
  models: readonly string[],
  { plugin = [], backend = "auto", allowSoftware = false, ...given }: FeaturesCommand,
  args: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const started = Date.now();
  const out = resolve(given.out ?? join("runs", "features"));
  await requireOwnFolder(out, leavings);
  const registry = await registryForRuns(models, plugin, terminal);
  await interruptible(
    {
      stopped: "! Stopped. Nothing was written.",
      async work(signal, finishing) {
        const store = memoryStore();
        const context = {
          registry,
          startDevice: () => startDevice({ backend, allowSoftware }, registry),
          store,
          environment: { ...environment(), command: commandLine(args) },
          signal,
        };
        for await (const event of correlateModels({ ...given, models }, context)) {
          signal.throwIfAborted();
          for (const line of featuresLines(event)) terminal.print(line);
          const block = featuresBlock(event, terminal.columns);
          if (block) terminal.draw(block);
          if (event.type !== "finished") continue;
          await writeText(store, "report/index.html", await renderFeatures(event.features, { store }));
          finishing();
          await writeFolder(store, out, leavings);
          for (const line of featuresResult(event.features, roomOf(terminal))) terminal.print(line);
          terminal.print(`Took ${duration((Date.now() - started) / 1000)}.`);
          terminal.print(`Report:  ${resolve(out, "report", "index.html")}`);
          terminal.print(`Results: ${resolve(out, leavings.file)}`);
        }
      },
    },
    terminal,
  );
}
