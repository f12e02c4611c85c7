import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { command } from "./start-command.js";

// What somebody sees who watches a run: the command in a terminal that tmux keeps, whose screen is read again and again.

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
let started = 0;
const socket = () => `em-stellar-${process.pid}-${started}`; // a server that ends may take the next one with it
const tmux = (...args: string[]) =>
  execFileSync("tmux", ["-L", socket(), "-f", "/dev/null", ...args], { encoding: "utf8" });

const suite = {
  name: "watched",
  data: { id: "phantom", options: { size: 64, trainImages: 6, testImages: 2 } },
  networks: [
    { id: "unet-bn", options: { baseFilters: 4, depth: 2, head: "stable" } },
    { id: "prelu-net", options: { baseFilters: 4, depth: 2, head: "stable" } },
  ],
  loss: "dice",
  optimizer: { id: "adam", options: { learningRate: 0.01 } },
  metrics: ["jaccard", "f1", "sensitivity", "specificity", "ppv", "npv"],
  folds: 2,
  training: { patch: 64, batchSize: 4, steps: 60, validateEvery: 20, checkpoints: ["jaccard"] },
  baselines: ["constant", "otsu"],
};

describe.skipIf(!hasTmux)("a run in a terminal (needs tmux)", { timeout: 240_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "em-stellar-terminal-"));
    writeFileSync(join(folder, "suite.json"), JSON.stringify(suite));
  });
  afterEach(() => {
    spawnSync("tmux", ["-L", socket(), "kill-server"]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts the command in a terminal so wide, of 24 rows, in which a line is printed when it has ended. */
  function start(columns: number, ...args: string[]): void {
    started++;
    const line = [process.execPath, command, ...args].map((word) => `'${word}'`).join(" ");
    const size = ["-x", String(columns), "-y", "24"];
    tmux("new-session", "-d", ...size, "-c", folder, `${line}; echo "ended with $?"; sleep 600`);
    tmux("set-option", "-g", "history-limit", "5000");
  }
  /** All lines, with what has left the screen; `joined`: those that the terminal had to wrap are one. */
  const lines = (joined = false) =>
    tmux("capture-pane", "-p", "-S", "-", ...(joined ? ["-J"] : []))
      .split("\n")
      .map((line) => line.trimEnd());
  const bars = (screen: readonly string[]) => screen.filter((line) => /^\d+ of \d+ jobs .*[━─]/.test(line));

  /** Watches until the command has ended; every screen that was seen. */
  async function watch(meanwhile: (progress: number) => void = () => {}): Promise<string[][]> {
    const screens: string[][] = [];
    for (const until = Date.now() + 200_000; Date.now() < until; await sleep(60)) {
      const screen = lines();
      screens.push(screen);
      if (screen.some((line) => line.startsWith("ended with"))) return screens;
      const [whole] = bars(screen);
      meanwhile(Number(/(\d+) %/.exec(whole ?? "")?.[1] ?? 0));
    }
    throw new Error(`The command did not end:\n${lines().join("\n")}`);
  }

  function requireWhole(screens: readonly string[][]): void {
    for (const screen of screens) expect(bars(screen).length, screen.join("\n")).toBeLessThan(2); // no ghost
    const last = screens.at(-1) ?? [];
    expect(last.filter((line) => line.includes("━"))).toEqual([]); // the block was taken away
  }

  it.each([60, 100])("of %d columns: one block of bars, and no line is torn", async (columns) => {
    start(columns, "run", "suite.json", "--out", `run-${columns}`, "--backend", "wasm", "--workers", "2");
    const screens = await watch();
    requireWhole(screens);
    expect(screens.some((screen) => bars(screen).length === 1)).toBe(true);
    const text = lines();
    expect(text).toContain("ended with 0");
    // What tmux wrapped is longer when it is joined: paths alone, which have no space to break at.
    for (const line of lines(true).filter((line) => line.length > columns))
      expect(line).toMatch(/^\S*\/\S+$|^\S+ +\/\S+$/);
    const ranking = text.findIndex((line) => /^ +method +jaccard/.test(line));
    expect(text.slice(ranking + 2, ranking + 4).join()).toMatch(/unet-bn|prelu-net/);
  });

  it("keeps one block while somebody makes it narrower and wider", async () => {
    const longer = { ...suite, training: { ...suite.training, steps: 600, validateEvery: 200 } };
    writeFileSync(join(folder, "longer.json"), JSON.stringify(longer));
    start(100, "run", "longer.json", "--out", "resized", "--backend", "wasm", "--workers", "2");
    const widths = [60, 100, 45, 90];
    let resized = 0;
    const screens = await watch((progress) => {
      // tmux tells a program of a second change within a quarter of a second when that is over: till then nothing could draw right.
      if (progress === 0 || widths.length === 0 || Date.now() < resized + 600) return;
      tmux("resize-window", "-x", String(widths.shift()), "-y", "24");
      resized = Date.now();
    });
    expect(widths).toEqual([]);
    requireWhole(screens.slice(-1)); // between a change of size and the next draw, a terminal shows what it has wrapped itself
    expect(lines()).toContain("ended with 0");
  });

  it("Ctrl-C takes the block away and leaves whole lines", async () => {
    start(60, "run", "suite.json", "--out", "stopped", "--backend", "wasm", "--workers", "2");
    let pressed = false;
    const screens = await watch((progress) => {
      if (progress < 10 || pressed) return;
      pressed = true;
      tmux("send-keys", "C-c");
    });
    requireWhole(screens);
    const text = lines().join("\n");
    expect(text).toMatch(
      /^! Stopped\. Run the same command again to continue: finished\n {2}trainings are kept\.\nended with 1?30$/m,
    );
  });
});
