import { readFileSync } from "node:fs";
import { compare } from "@em-stellar/core";
import plugin from "@em-stellar/metrics";
import { describe, expect, it } from "vitest";
import { drawn, score } from "./masks.js";

const rows = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .map(([, id = "", , range, , missed, invented, neither]) => ({
    id: id.slice(1, -1),
    range,
    missed,
    invented,
    neither,
  }));

it("the table in docs/metrics.md has a row for every metric, and for no other", () => {
  const ids: readonly string[] = plugin.components.map(({ id }) => id);
  expect(rows.map(({ id }) => id).sort()).toEqual([...ids].sort());
});

describe("the table in docs/metrics.md is right about", () => {
  const [objects, nothing] = [drawn("##..", "...#"), drawn("....", "....")];
  it.each(rows)("$id", ({ id, range, missed, invented, neither }) => {
    const metric = plugin.components.find((factory) => factory.id === id)?.();
    if (!metric) throw new Error(`no metric ${id}`);
    const [low, high] = metric.range;
    const arrow = metric.goal === "maximize" ? "↑" : "↓";
    expect(range).toBe(`${low ?? "−∞"} to ${high ?? "∞"} ${arrow}`.replace("-", "−"));
    for (const [says, pair] of [
      [missed, compare(objects, nothing)],
      [invented, compare(nothing, objects)],
      [neither, compare(nothing, nothing)],
    ] as const) {
      const value = score(metric, pair);
      if (says === "–") expect(value).toBeUndefined();
      else if (Number.isNaN(Number(says)))
        expect(value, says).toEqual(expect.any(Number)); // a rule in words
      else expect(value).toBe(Number(says));
    }
  });
});
