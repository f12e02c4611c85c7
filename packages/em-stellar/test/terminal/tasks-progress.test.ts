import { describe, expect, it } from "vitest";
import { renderTasks } from "../../src/terminal/tasks-progress.js";

const tasks = [
  { name: "vgg", images: 10, done: 10 },
  { name: "unet-bn", images: 10, done: 5 },
  { name: "weka", images: 10, done: 0 },
];

describe("renderTasks", () => {
  it("shows what goes on, and how much is left at the rate so far", () => {
    const [active, all, ...others] = renderTasks({ doing: "Scoring", tasks, seconds: 30 }, 100);
    expect(others).toEqual([]);
    expect(active).toMatch(/^unet-bn {2}━{16}─{16} {3}5\/10$/);
    // 15 of 30 images in 30 seconds.
    expect(all).toMatch(/^Scoring {2}━{16}─{16} {3}15\/30 images {3}0\.50 images\/s {3}30 s left$/);
  });

  it("leaves details out where the terminal is narrow, never wider than it", () => {
    for (const columns of [20, 40, 60]) {
      const lines = renderTasks({ doing: "Scoring", tasks, seconds: 30 }, columns);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    }
  });

  it("has no rate before the first image, and nothing to show after the last", () => {
    const waiting = tasks.map((task) => ({ ...task, done: 0 }));
    expect(renderTasks({ doing: "Checking", tasks: waiting, seconds: 0 }, 80).join()).not.toContain("left");
    const done = tasks.map((task) => ({ ...task, done: task.images }));
    expect(renderTasks({ doing: "Checking", tasks: done, seconds: 5 }, 80)).toEqual([]);
  });
});
