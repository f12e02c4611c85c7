import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createRandom } from "@em-stellar/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { processesWith, startCommand } from "../start-command.js";
import { benchmarkFolder, type CommandName, commands } from "./benchmark-folder.js";
import { oneOf } from "./mutate-bytes.js";
import { factor, seed } from "./tally.js";
import { whatIsLeft } from "./what-is-left.js";

const signals = { SIGINT: 130, SIGTERM: 143, SIGKILL: undefined } as const;
type Signal = keyof typeof signals;
const names = Object.keys(commands) as CommandName[]; // a record of every one

/** How a command was found after a signal. */
type End = "stopped" | "killed" | "finished before";

let folder: string;
const undisturbed = new Map<CommandName, { readonly left: Record<string, unknown>; readonly seconds: number }>();
beforeAll(async () => {
  folder = await benchmarkFolder();
  for (const name of names) {
    const { code, said, seconds } = await startCommand(folder, commands[name](`whole-${name}`)).ended;
    expect(code, said).toBe(0);
    undisturbed.set(name, { left: whatIsLeft(join(folder, `whole-${name}`)), seconds });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const filesOf = (out: string) => (existsSync(out) ? readdirSync(out, { recursive: true, encoding: "utf8" }) : []);
const finishedJobs = (out: string) => filesOf(out).filter((path) => path.endsWith("metrics.json"));

/** Starts a command, sends it a signal after so many seconds, and looks at what it says, leaves and leaves running. */
async function disturb(name: CommandName, out: string, signal: Signal, life: number): Promise<End> {
  const unfinished = () =>
    filesOf(join(folder, out)).flatMap((path) => {
      return /writer\.lock|\.writing$/.test(path) ? [`${path}: ${readFileSync(join(folder, out, path), "utf8")}`] : [];
    });
  // What a killed command left stays if this one is stopped before it begins there.
  const before = unfinished();
  const { child, ended } = startCommand(folder, commands[name](out));
  await Promise.race([ended, wait(1000 * life)]);
  const sent = performance.now();
  child.kill(signal);
  const end = await ended;
  const left = () => processesWith(join(folder, out));
  while (left().length > 0 && performance.now() - sent < 3000) await wait(50);
  expect(left(), "processes left after 3 s").toEqual([]);
  if (signal !== "SIGKILL") expect(performance.now() - sent, "ms until it ended").toBeLessThan(3000);
  if (end.code === 0) return "finished before";
  if (end.signal === null) expect(end.code, end.said).toBe(signals[signal]);
  else expect(end.signal).toBe(signal); // before the command could listen
  if (end.code === null) return "killed";
  expect(end.said.trimEnd().split("\n").at(-1)).toMatch(
    /^! Stopped\. (Run the same command again|Nothing was written)/,
  );
  expect(unfinished().filter((left) => !before.includes(left))).toEqual([]);
  if (existsSync(join(folder, out))) whatIsLeft(join(folder, out));
  return "stopped";
}

/** Runs a command to its end, and compares what it leaves with what the undisturbed one left. */
async function complete(name: CommandName, out: string): Promise<void> {
  const before = finishedJobs(join(folder, out));
  const { code, said } = await startCommand(folder, commands[name](out)).ended;
  expect(code, said).toBe(0);
  for (const file of before) expect(said).not.toContain(`· ${file.slice(5, -"/metrics.json".length)} starts`);
  expect(whatIsLeft(join(folder, out))).toEqual(undisturbed.get(name)?.left);
  rmSync(join(folder, out), { recursive: true });
}

it("signals at random moments: the same command goes on, and ends as if it had never been disturbed", async () => {
  const table = new Map<string, number>();
  const disturbed = new Set<CommandName>();
  for (let i = 0; i < 10 * factor; i++) {
    const random = createRandom(`${seed}/kills/${i}`);
    const name = names[i % names.length] as CommandName; // within the list
    const signal = oneOf(Object.keys(signals) as Signal[], random);
    const life = random.uniform(0, 1) * (undisturbed.get(name)?.seconds ?? 1);
    try {
      const end = await disturb(name, `out-${name}`, signal, life);
      disturbed.add(name);
      table.set(`${name} ${signal} ${end}`, (table.get(`${name} ${signal} ${end}`) ?? 0) + 1);
      // Every other time it is disturbed again where it goes on.
      if (end === "finished before" || random.integer(2) === 0) {
        await complete(name, `out-${name}`);
        disturbed.delete(name);
      }
    } catch (error) {
      throw new Error(`${name}, ${signal} after ${life.toFixed(2)} s (try ${i} with seed ${seed}): ${error}`, {
        cause: error,
      });
    }
  }
  for (const name of disturbed) await complete(name, `out-${name}`);
  if (factor > 1)
    console.log(
      [...table]
        .sort()
        .map(([what, times]) => `${what}: ${times}`)
        .join("\n"),
    );
});

it("whose output nobody reads any more, as with `head`, ends quietly, and the same command goes on", async () => {
  const { child, ended } = startCommand(folder, commands.run("headless"));
  child.stdout?.once("data", () => child.stdout?.destroy());
  const { code, said } = await ended;
  expect(code).toBe(141);
  expect(said).not.toMatch(/EPIPE|Error/);
  expect(finishedJobs(join(folder, "headless")).length).toBeLessThan(4);
  await complete("run", "headless");
});
