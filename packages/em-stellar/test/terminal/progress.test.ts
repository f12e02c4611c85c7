import type { RunEvent, RunResult } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { eventLine } from "../../src/terminal/event-line.js";
import { bar, count, duration, score, size } from "../../src/terminal/format.js";
import { advance, noProgress, type RunProgress, renderProgress } from "../../src/terminal/run-progress.js";
import { openTerminal } from "../../src/terminal/terminal.js";
import { wrapped } from "../../src/terminal/wrap.js";

const job = { method: "unet", fold: 0, seed: 1 };
const other = { method: "unet", fold: 1, seed: 1 };
const result: RunResult = {
  fold: 0,
  seed: 1,
  state: "done",
  checkpoint: { criterion: "jaccard", step: 80, value: 0.91234 },
  threshold: 0.5,
  steps: 100,
  seconds: 62,
  validation: {},
  pooled: {},
  perImage: [],
  history: [],
  predictions: "",
};
const started: RunEvent = {
  type: "run-started",
  suite: "cells",
  jobs: [job, other, { ...job, fold: 2 }, { ...job, fold: 3 }],
  finishedBefore: 1,
  location: "/runs/cells",
  device: "wasm (1 thread)",
};
const after = (...events: [RunEvent, number][]): RunProgress =>
  events.reduce((progress, [event, seconds]) => advance(progress, event, seconds), noProgress);

/** All jobs have as much to do, and the last is finished. */
const estimated: RunEvent = {
  type: "work-estimated",
  jobs: [job, other, { ...job, fold: 2 }, { ...job, fold: 3 }].map((each, i) => ({
    job: each,
    work: 1,
    finished: i === 3,
  })),
};

describe("progress of a run", () => {
  const midway = after(
    [started, 1],
    [estimated, 1],
    [{ type: "job-started", job, step: 0, totalSteps: 100 }, 2],
    [{ type: "step", job, step: 50, totalSteps: 100, loss: 0.25, stepsPerSecond: 5 }, 12],
  );

  it("draws a bar for each training and one for the run, with rate and time left", () => {
    expect(renderProgress(midway, 102)).toEqual([
      "unet/fold-0/seed-1  ━━━━━━━━━━━━━━━━────────────────   50/100   10 s left   5.0 steps/s   loss 0.2500",
      // 1.5 of 4 jobs; half a job took 10 s, so the 2.5 that are left take 50 s
      "1 of 4 jobs         ━━━━━━━━━━━━────────────────────   37 %   50 s left",
    ]);
  });

  it("says that the GPU is made ready before the first step, and no more once that has begun", () => {
    const waiting = after(
      [started, 1],
      [estimated, 1],
      [{ type: "job-warming-up", job, left: 31 }, 2],
      [{ type: "job-warming-up", job, left: 7 }, 3],
    );
    expect(renderProgress(waiting, 102)).toEqual([
      "unet/fold-0/seed-1  ────────────────────────────────   preparing the GPU, 7 to go",
      "1 of 4 jobs         ━━━━━━━━────────────────────────   25 %",
    ]);
    const begun = advance(waiting, { type: "job-started", job, step: 0, totalSteps: 100 }, 4);
    expect(renderProgress(begun, 102)[0]).toMatch(/0\/100$/);
  });

  it("leaves details out, never breaks a line, where the terminal is narrow", () => {
    expect(renderProgress(midway, 50)).toEqual([
      "unet/fold-0/seed-1  ━━━━────   50/100   10 s left",
      "1 of 4 jobs         ━━━─────   37 %   50 s left",
    ]);
    for (let columns = 1; columns < 120; columns++) {
      for (const line of renderProgress(midway, columns)) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it("shortens a long name at its start, so that its fold can be told and numbers have room", () => {
    const long = { method: "segnet-emnet-with-a-name-of-its-own-and-more", fold: 2, seed: 1 };
    const lines = renderProgress(
      after(
        [{ type: "work-estimated", jobs: [{ job: long, work: 1, finished: false }] }, 0],
        [{ type: "job-started", job: long, step: 0, totalSteps: 100 }, 0],
        [{ type: "step", job: long, step: 50, totalSteps: 100, loss: 0.25, stepsPerSecond: 5 }, 10],
      ),
      60,
    );
    expect(lines).toEqual([
      "…ts-own-and-more/fold-2/seed-1  ━━━━────   50/100",
      "0 of 1 jobs                     ━━━━────   50 %   10 s left",
    ]);
  });

  it("judges the time left of a continued training by what was done now", () => {
    const continued = after(
      [{ type: "work-estimated", jobs: [{ job, work: 1, finished: false }] }, 0],
      [{ type: "job-started", job, step: 60, totalSteps: 100 }, 0],
      [{ type: "step", job, step: 80, totalSteps: 100, loss: 0.2, stepsPerSecond: 2 }, 10],
    );
    expect(renderProgress(continued, 200)[1]).toContain("80 %   10 s left");
  });

  it("shows trainings side by side and takes finished and failed ones away", () => {
    const two = after(
      [started, 0],
      [estimated, 0],
      [{ type: "job-started", job, step: 0, totalSteps: 9 }, 0],
      [{ type: "job-started", job: other, step: 0, totalSteps: 9 }, 0],
    );
    expect(renderProgress(two, 80)).toHaveLength(3);
    const one = advance(two, { type: "job-finished", job, result }, 62);
    expect(renderProgress(one, 80)).toHaveLength(2);
    const none = advance(one, { type: "job-failed", job: other, step: 3, message: "NaN", cause: "loss" }, 63);
    // One is left, which takes as long as the one that finished.
    expect(renderProgress(none, 80)).toEqual([
      expect.stringMatching(/^3 of 4 jobs {2}━+─+ {3}75 % {3}1 min 02 s left$/),
    ]);
  });
});

describe("lines that stay", () => {
  it("say what happened", () => {
    expect(eventLine(started, false)).toBe(
      "cells: 4 jobs, 1 of them already finished, on wasm (1 thread), in /runs/cells",
    );
    expect(eventLine({ type: "job-finished", job, result }, false)).toBe(
      "✓ unet/fold-0/seed-1  validation jaccard 0.912 at step 80, 1 min 02 s",
    );
    const floor = {
      ...result,
      checkpoint: undefined,
      seconds: 1,
      learnt: { polarity: "dark", trainingJaccard: 0.367649 },
    };
    const learnt: RunEvent = { type: "job-finished", job: { ...job, method: "otsu" }, result: floor };
    expect(eventLine(learnt, false)).toBe("✓ otsu/fold-0/seed-1  polarity dark, training jaccard 0.3676, 1 s");
    expect(eventLine({ type: "job-failed", job, step: 7, message: "the loss is NaN.", cause: "loss" }, false)).toBe(
      "✗ unet/fold-0/seed-1 failed at step 7: the loss is NaN.",
    );
    expect(eventLine({ type: "warning", code: "leak", message: "Look out." }, false)).toBe("! Look out.");
  });

  it("tell a pipe also what a live display shows", () => {
    const point = { step: 20, seconds: 4, loss: 0.5, validation: { loss: 0.4, jaccard: null } };
    const validation: RunEvent = { type: "validation", job, totalSteps: 100, point };
    expect(eventLine(validation, false)).toBeUndefined();
    expect(eventLine(validation, true)).toBe(
      "· unet/fold-0/seed-1 step 20/100: loss 0.5000, validation loss 0.400, jaccard n/a",
    );
    const begun: RunEvent = { type: "job-started", job, step: 40, totalSteps: 100 };
    expect(eventLine(begun, true)).toBe("· unet/fold-0/seed-1 continues at step 40 of 100 steps");
  });
});

describe("a terminal", () => {
  const record = (isTTY: boolean, env: Record<string, string> = {}) => {
    let text = "";
    const terminal = openTerminal({ write: (more) => (text += more), isTTY, columns: 80 }, env);
    terminal.draw(["━━──"]);
    terminal.print("✓ done");
    terminal.close();
    return text;
  };

  it("gets plain lines through a pipe", () => {
    expect(record(false)).toBe("✓ done\n");
  });

  it("keeps printed lines above a live block that it takes away at the end", () => {
    const text = record(true, { NO_COLOR: "1" });
    // hide the cursor and draw; go up, print and draw again; go up, erase and show the cursor
    expect(text).toBe("\u001b[?25l\r\u001b[0J━━──\n\r\u001b[1A\u001b[0J✓ done\n━━──\n\r\u001b[1A\u001b[0J\u001b[?25h");
  });

  it("colours only where nobody objects", () => {
    expect(record(true)).toContain("\u001b[36m━━\u001b[0m");
    expect(record(true, { NO_COLOR: "1" })).not.toContain("\u001b[36m");
    expect(record(true, { TERM: "dumb" })).toBe("✓ done\n");
  });
});

describe("a terminal with fewer rows than trainings", () => {
  it("shows the end of the block, which it can take away again", () => {
    let text = "";
    const terminal = openTerminal(
      { write: (more) => (text += more), isTTY: true, columns: 20, rows: 4 },
      { NO_COLOR: "1" },
    );
    terminal.draw(["a", "b", "c", "d", "all"]);
    expect(text).toBe("\u001b[?25l\r\u001b[0J… and 3 more\nd\nall\n"); // 3 lines and the cursor's
    text = "";
    terminal.close();
    expect(text).toBe("\r\u001b[3A\u001b[0J\u001b[?25h");
  });
});

describe("a terminal that somebody makes narrower", () => {
  it("loses the whole block, whose lines it has wrapped, and breaks what is printed between words", () => {
    let text = "";
    const output = { write: (more: string) => (text += more), isTTY: true, columns: 20 };
    const terminal = openTerminal(output, { NO_COLOR: "1" });
    terminal.draw(["━".repeat(20), "━".repeat(5)]);
    output.columns = 10;
    text = "";
    terminal.print("! one two three four");
    // 20 characters take two rows of 10
    expect(text.startsWith("\r\u001b[3A\u001b[0J! one two\n  three\n  four\n")).toBe(true);
  });

  it("is asked for its size, which a signal tells later than the next draw", () => {
    let text = "";
    const output = {
      write: (more: string) => (text += more),
      isTTY: true,
      columns: 20,
      rows: 24,
      _refreshSize() {
        this.columns = width;
      },
    };
    let width = 20;
    const terminal = openTerminal(output, { NO_COLOR: "1" });
    terminal.draw(["━".repeat(20), "━".repeat(5)]);
    width = 10;
    text = "";
    terminal.draw(["━".repeat(10)]);
    expect(text).toBe(`\r\u001b[3A\u001b[0J${"━".repeat(10)}\n`); // 2 rows of 10 characters, and 1 of 5
  });

  it("keeps a number with its unit", () => {
    expect(wrapped("Took 3 min 09 s, 40 % of it.", 14)).toEqual(["Took 3 min", "09 s, 40 % of", "it."]);
  });

  it("breaks between words at any width, and loses none", () => {
    const line = "! The model learnt from images with values from 0 to 255, but cells.png has 0 to 65535.";
    for (let columns = 12; columns < 100; columns++) {
      const lines = wrapped(line, columns);
      for (const each of lines) expect(each.length).toBeLessThanOrEqual(columns);
      expect(lines.map((each) => each.trim()).join(" ")).toBe(line);
    }
  });
});

describe("numbers for people", () => {
  it("durations, sizes, scores, counts and bars", () => {
    expect([0.4, 59.4, 59.6, 185, 3599.9, 3720].map(duration)).toEqual([
      "0 s",
      "59 s",
      "1 min 00 s",
      "3 min 05 s",
      "1 h 00 min",
      "1 h 02 min",
    ]);
    expect([417, 66_391, 11_900_000].map(size)).toEqual(["417 B", "66.4 kB", "11.9 MB"]);
    expect([0.8764, null, undefined].map(score)).toEqual(["0.876", "n/a", "n/a"]);
    expect([count(1, "fold"), count(4, "fold")]).toEqual(["1 fold", "4 folds"]);
    expect([bar(0, 4), bar(0.5, 4), bar(2, 4)]).toEqual(["────", "━━──", "━━━━"]);
  });
});
