import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createRandom, type Random } from "@em-stellar/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startCommand } from "../start-command.js";
import { benchmarkFolder, commands } from "./benchmark-folder.js";
import { oneOf } from "./mutate-bytes.js";
import { factor, seed } from "./tally.js";
import { whatIsLeft } from "./what-is-left.js";

let folder: string;
/** What a run leaves, a prediction with its model, and the page of its report, when nothing is spoilt. */
let undisturbed: {
  readonly run: Record<string, unknown>;
  readonly predict: Record<string, unknown>;
  readonly page: string;
};
beforeAll(async () => {
  folder = await benchmarkFolder();
  // A run that was killed after its first validation.
  const { child, ended } = startCommand(folder, commands.run("half"));
  const state = join(folder, "half/jobs/unet-bn/fold-0/seed-1/last/state.bin");
  while (child.exitCode === null && !existsSync(state)) await wait(5);
  child.kill("SIGKILL");
  await ended;
  await wait(2000); // its workers end
  expect(existsSync(state)).toBe(true);
  const { code, said } = await startCommand(folder, commands.predict("predicted")).ended;
  expect(code, said).toBe(0);
  undisturbed = {
    run: runLeft("whole"),
    predict: whatIsLeft(join(folder, "predicted")),
    page: readFileSync(join(folder, "whole/report/index.html"), "utf8"),
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What nothing reads again may stay spoilt: events, and models of finished trainings, which `predict` looks at. */
function runLeft(out: string, spoiltState?: string): Record<string, unknown> {
  for (const path of readdirSync(join(folder, out), { recursive: true, encoding: "utf8" })) {
    if (path.endsWith("events.jsonl")) writeFileSync(join(folder, out, path), "");
  }
  return whatIsLeft(join(folder, out), spoiltState ? new RegExp(`/checkpoints/|/${spoiltState}$`) : /\/checkpoints\//);
}

const damages: Readonly<Record<string, (bytes: Uint8Array, random: Random) => Uint8Array | undefined>> = {
  "a bit of its header": (bytes, random) => flipped(bytes, random.integer(Math.min(16, bytes.length)), random),
  "a bit in its middle": (bytes, random) => flipped(bytes, random.integer(bytes.length), random),
  "a bit of its end": (bytes, random) =>
    flipped(bytes, bytes.length - 1 - random.integer(Math.min(16, bytes.length)), random),
  "its end": (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  "a block": (bytes, random) => bytes.slice().fill(0, random.integer(bytes.length)),
  "all bytes": () => new Uint8Array(),
  "the file": () => undefined,
};

function flipped(bytes: Uint8Array, at: number, random: Random): Uint8Array {
  const bit = 1 << random.integer(8);
  return bytes.map((byte, i) => (i === at ? byte ^ bit : byte));
}

/** The kinds of files that a run leaves and something reads again. */
const kinds = [
  /state\.bin$/,
  /weights\.bin$/,
  /model\.json$/,
  /segmentation\.json$/,
  /metrics\.json$/,
  /job\.json$/,
  /jobs\/.*predictions\/.*\.png$/,
  /^plan\.json$/,
  /^suite\.json$/,
  /^manifest\.json$/,
  /^results\.json$/,
  /events\.jsonl$/,
  /^test\/.*\.png$/,
];

/** Gives a command a spoilt copy of a run; what became of it. Throws where that is neither the right result nor a sentence that names the file. */
async function attempt(base: "half" | "whole", path: string, name: "run" | "predict" | "report"): Promise<string> {
  const out = "spoilt";
  const args = {
    run: commands.run(out),
    predict: ["predict", out, "images", "--out", "made", "--backend", "wasm"],
    report: ["report", out],
  };
  const { code, said } = await startCommand(folder, args[name]).ended;
  const file = path.split("/").at(-1) as string; // of a path there is a last part
  if (code !== 0) {
    expect(said).not.toMatch(/did not expect|\n\s+at |undefined|\[object/);
    expect(said).toContain(file);
    return "refused by name";
  }
  if (name === "run") {
    // Of a finished training nothing but `run --steps` looks at the last state: it may stay spoilt.
    const state = path.endsWith("state.bin") ? path : undefined;
    const { [state ?? ""]: _, ...expected } = undisturbed.run;
    const left = runLeft(out, state);
    expect(left).toEqual(expected);
  }
  if (name === "predict") {
    const { "predictions.json": _, ...maps } = whatIsLeft(join(folder, "made")); // it names the folder of the model
    const { "predictions.json": __, ...expected } = undisturbed.predict;
    expect(maps).toEqual(expected);
  }
  if (name === "report") {
    const page = readFileSync(join(folder, out, "report/index.html"), "utf8");
    const isNamed = said.includes(`! ${path} `) && page.includes(`${path} `);
    if (!isNamed) expect(page).toBe(undisturbed.page);
    return isNamed ? "named, and left out" : "equal";
  }
  if (base === "whole" && name !== "run") return "equal";
  return said.includes(file) ? "named, and made again" : "equal";
}

it("stored files that are spoilt: the right results, or a sentence that names the file", async () => {
  const table = new Map<string, number>();
  const faults: string[] = [];
  for (let i = 0; i < Math.round(6 * factor); i++) {
    const random = createRandom(`${seed}/stored-files/${i}`);
    const kind = kinds[i % kinds.length] as RegExp; // within the list
    const base = /state/.test(kind.source) || random.integer(3) === 0 ? "half" : "whole";
    const readers = /weights|model|segmentation|metrics|results/.test(kind.source)
      ? (["run", "predict", "report"] as const)
      : (["run", "report"] as const);
    const name = base === "half" ? "run" : oneOf(readers, random);
    const how = oneOf(Object.keys(damages), random);
    for (const left of ["spoilt", "made"]) rmSync(join(folder, left), { recursive: true, force: true });
    cpSync(join(folder, base), join(folder, "spoilt"), { recursive: true });
    const all = readdirSync(join(folder, "spoilt"), { recursive: true, encoding: "utf8" });
    const files = all
      .map((each) => each.replaceAll("\\", "/"))
      .filter((each) => kind.test(each))
      .sort();
    if (files.length === 0) continue; // a run that was killed early has none of them
    const path = oneOf(files, random);
    const target = join(folder, "spoilt", path);
    const spoilt = damages[how]?.(new Uint8Array(readFileSync(target)), random);
    if (spoilt) writeFileSync(target, spoilt);
    else rmSync(target);
    const label = `${name} of ${base === "half" ? "an unfinished" : "a finished"} run without ${how} of ${path}`;
    try {
      const end = `${name}: ${await attempt(base, path, name)}`;
      table.set(end, (table.get(end) ?? 0) + 1);
    } catch (error) {
      faults.push(`try ${i}, ${label}: ${error}`);
    }
  }
  if (factor > 1)
    console.log(
      [...table]
        .sort()
        .map(([what, times]) => `${what}: ${times}`)
        .join("\n"),
    );
  expect(faults, `with seed ${seed}`).toEqual([]);
});
