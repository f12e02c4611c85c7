import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from "node:path";
import { InputError } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import type { Said } from "@em-stellar/data";
import { quoted, shown } from "@em-stellar/data/node";
import { budgetFor, measureSpeed, parseSuite } from "@em-stellar/runner";
import { withSlashes } from "@em-stellar/runner/node";
import { contactSheet } from "../init/contact-sheet.js";
import { type Draft, suiteOf, suiteText } from "../init/suite-text.js";
import { understand } from "../init/understand.js";
import { builtins } from "../registry.js";
import { type DeviceChoice, startDevice } from "../start-device.js";
import { typed } from "../terminal/as-typed.js";
import { count, duration } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { trainingsAtATime } from "../trainings-at-a-time.js";
import { writeOutput } from "../write-output.js";

/** The command's options as they were written. */
export interface InitCommand extends Omit<Said, "options">, Partial<DeviceChoice> {
  /** Name of the suite; by default the folder's. */
  readonly name?: string;
  /** The suite to write; `suite.json` in the folder where absent. */
  readonly out?: string;
  /** Options of the source of data, as in a suite. */
  readonly pairBy?: string;
  readonly maskRule?: string;
  readonly polarity?: string;
  readonly ignoreValue?: number;
  readonly planes?: string;
  /** How long the benchmark may take. */
  readonly minutes?: number;
  /** Replaces a suite that is there. */
  readonly force?: boolean;
}

/** `em-stellar init FOLDER`: looks at a folder of images, says what it understood, and writes a suite for this machine. */
export async function init(given: string, options: InitCommand, terminal: Terminal): Promise<void> {
  const folder = resolve(given);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new InputError(`${given} is not a folder. Give the folder that your images and masks are in.`);
  }
  const file = resolve(options.out ?? join(folder, "suite.json"));
  if (existsSync(file) && !options.force) {
    throw new InputError(
      `${shown(file)} already exists. Write to another file with --out, or replace this one with --force.`,
    );
  }
  const { pairBy, maskRule, polarity, ignoreValue, planes } = options;
  const said = Object.entries({ pairBy, maskRule, polarity, ignoreValue, planes }).filter(
    ([, value]) => value !== undefined,
  );
  const understanding = await understand(folder, { ...options, options: Object.fromEntries(said) });
  for (const sentence of understanding.sentences) terminal.print(sentence);

  const device = await startDevice({ backend: "auto", ...options }, builtins);
  try {
    const draft = draftOf(options.name ?? nameOf(folder), understanding, device);
    const minutes = options.minutes ?? 30;
    terminal.print(`\nTrying ${count(draft.networks.length, "network")} on ${device.description} …`);
    const trial = parseSuite(suiteOf(draft, { steps: 100, validateEvery: 10 }), builtins);
    const warnings: string[] = [];
    const onWarning = (message: string) => {
      warnings.push(`! ${typed(message)}`);
      terminal.print(warnings.at(-1));
    };
    const speeds = await measureSpeed(trial, { registry: builtins, device, folder }, { onWarning });
    const workers = trainingsAtATime(device);
    const budget = budgetFor(speeds, understanding.folds, 60 * minutes, workers);
    const time = duration(budget.seconds);
    for (const { method, step } of speeds) terminal.print(`${method}: ${(1000 * step).toFixed(0)} ms a step`);
    terminal.print(
      `${budget.steps} steps for each of ${count(draft.networks.length, "network")} on ${understanding.folds} folds: about ${time} on this machine, ${workers === 1 ? "one training after another" : `${workers} trainings at a time`}.`,
    );
    if (budget.seconds > 60 * minutes * 1.1) {
      terminal.print(`! A network needs at least 100 steps, so this takes longer than ${count(minutes, "minute")}.`);
    }
    const told = [...understanding.sentences, ...warnings, `About ${time} on ${device.description}.`];
    const located = {
      ...draft,
      understanding: { ...understanding, options: from(understanding.options, folder, file) },
    };
    const sheet = file.slice(0, file.length - extname(file).length).concat(".html");
    await writeOutput(
      sheet,
      await contactSheet(draft.name, told, understanding.dataset.train, understanding.dataset.test),
    );
    await writeOutput(file, suiteText(located, budget, told));
    terminal.print(`\nLook at:  ${sheet}`);
    terminal.print(`Then run: npx em-stellar run ${quoted(shown(file))}`);
  } finally {
    await device.dispose();
  }
}

/** Two narrow networks, and patches that fit into every image. */
function draftOf(name: string, understanding: Draft["understanding"], device: Device): Draft {
  const isGpu = device.backend === "webgpu" || device.backend === "cuda";
  const baseFilters = isGpu ? 32 : 8;
  const depth = 3;
  const side = understanding.smallestSide;
  const patch = [256, 192, 128, 96, 64, 48, 32, 16].find((each) => each <= side && (isGpu || each <= 128));
  if (patch === undefined) {
    throw new InputError(
      `The smallest image has a side of ${side} pixels; networks need at least 16. Leave this image out.`,
    );
  }
  const options = { baseFilters, depth: patch < 32 ? 1 : depth, head: "stable" };
  return { name, understanding, networks: ["unet-bn", "prelu-net"].map((id) => ({ id, options })), patch };
}

/** Paths of the folder as they are from the suite's file. */
function from(options: Draft["understanding"]["options"], folder: string, file: string): Record<string, unknown> {
  const paths = ["images", "masks", "testImages", "testMasks"];
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      if (!paths.includes(name) || typeof value !== "string" || isAbsolute(value)) return [name, value];
      return [name, withSlashes(relative(dirname(file), join(folder, value)))];
    }),
  );
}

function nameOf(folder: string): string {
  const legal = basename(folder)
    .replaceAll(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return legal === "" ? "my-images" : legal.slice(0, 100);
}
