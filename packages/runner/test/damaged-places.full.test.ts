import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@em-stellar/core";
import { runSuite } from "@em-stellar/runner";
import { folderStore } from "@em-stellar/runner/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { device, registry, tinySuite } from "./tiny-run.js";

const suite = tinySuite({ training: { patch: 16, batchSize: 2, steps: 3, validateEvery: 1 } });
const job = "jobs/tiny-net/fold-0/seed-1";

let folder: string;
let scores: unknown;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-places-"));
  scores = scoresOf(await play("whole"));
  await play("half", 2);
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the suite in a folder; with `stop`, until so many validations. */
async function play(out: string, stop = Number.POSITIVE_INFINITY): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of runSuite(suite, { registry, device, store: await folderStore(join(folder, out)) })) {
    events.push(event);
    if (event.type === "validation" && --stop === 0) break;
  }
  return events;
}

function scoresOf(events: readonly RunEvent[]): unknown {
  const last = events.at(-1);
  return last?.type === "run-finished" && last.results.methods.map(({ runs }) => runs.map(({ perImage }) => perImage));
}

const places: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  "a folder": (path) => mkdir(path),
  "a link to elsewhere": (path) => symlink(join(folder, "elsewhere"), path),
  "a file of gigabytes": (path) => writeFile(path, "").then(() => truncate(path, 5 * 2 ** 30)), // none of them on the disk
  ...(process.platform !== "win32" && { "a pipe": async (path: string) => spawnSync("mkfifo", [path]) }),
};

it.each(
  ["half last/state.bin", "whole job.json", "whole metrics.json", "whole predictions/test-0.png"].flatMap((file) =>
    Object.keys(places).map((place) => [file, place] as const),
  ),
)("%s: %s in its place is named, and costs its own job", async (file, place) => {
  const [from = "", name = ""] = file.split(" ");
  await rm(join(folder, "run"), { recursive: true, force: true });
  await cp(join(folder, from), join(folder, "run"), { recursive: true });
  await writeFile(join(folder, "elsewhere"), "");
  const path = join(folder, "run", job, name);
  await rm(path);
  await places[place]?.(path);
  const events = await play("run");
  const told = events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
  expect(told).toContainEqual(expect.stringMatching(new RegExp(`${name} is damaged: .*(again|first step)\\.$`)));
  const begun = events.flatMap((event) => (event.type === "job-started" ? [event.job.fold] : []));
  expect(begun).toEqual(from === "half" ? [0, 1] : [0]);
  expect(scoresOf(events)).toEqual(scores);
});
