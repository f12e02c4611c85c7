import { describe, expect, test } from "vitest";
import { answerOf } from "../src/answer.js";
import { rankMethods } from "../src/scores.js";
import { type SmallMethod, smallResults, textOf } from "./small-results.js";

const floor: SmallMethod = { name: "blur", kind: "baseline", runs: [0.7, 0.72] };

function answer(methods: SmallMethod[], images = 4, given: Parameters<typeof smallResults>[1] = {}) {
  const results = smallResults(methods, given, images);
  const { lead, limits } = answerOf(results, rankMethods(results));
  return { lead: textOf(lead.markup), limits: limits.map(({ markup }) => textOf(markup)) };
}

describe("the answer", () => {
  test("names the first, its mean and range, who cannot be told apart, and the floor", () => {
    const { lead, limits } = answer([
      { name: "b", runs: [0.88, 0.9] },
      { name: "a", runs: [0.89, 0.93] },
      { name: "c", runs: [0.8, 0.82] },
      floor,
    ]);
    expect(lead).toBe(
      "On cardiac (16 training and 4 test images; 2 folds × 1 seed), a ranks first by Jaccard: 0.910 in the mean over 2 runs (lowest to highest run 0.890–0.930).",
    );
    expect(limits).toEqual([
      "b cannot be told apart from it: its runs reach into the range of a.",
      "With 4 test images the order is not firm: of two methods that are equally good, one would beat the other on all 4 images in 1 of 8 such comparisons, by luck alone.",
      "All networks beat the best floor, blur at 0.710.",
    ]);
  });

  test("says so where the ranges lie apart, and is silent about few images from six on", () => {
    const { limits } = answer([{ name: "a", runs: [0.9, 0.92] }, { name: "b", runs: [0.8, 0.85] }, floor], 6);
    expect(limits).toEqual([
      "Even its least good run (0.900) lies above every run of every other method; the nearest is b, 0.800–0.850.",
      "All networks beat the best floor, blur at 0.710.",
    ]);
  });

  test("has no winner where a floor is best", () => {
    const { lead, limits } = answer([{ name: "a", runs: [0.6, 0.7] }, floor], 6);
    expect(lead).toContain("no network beats the floors by Jaccard: the best of them, a, reaches 0.650, and blur");
    expect(lead).toContain("There is no winner.");
    expect(limits.join(" ")).not.toContain("beat the best floor");
  });

  test("names the networks that do not beat the floor", () => {
    const { limits } = answer([{ name: "a", runs: [0.9, 0.9] }, { name: "b", runs: [0.6, 0.7] }, floor], 6);
    expect(limits.at(-1)).toBe("b does not beat the best floor, blur at 0.710.");
  });

  test("shares the first place between means that print alike", () => {
    const { lead } = answer([{ name: "a", runs: [0.9001] }, { name: "b", runs: [0.9] }, floor]);
    expect(lead).toContain("a and b share the first place by Jaccard, each with 0.900.");
  });

  test("takes lower as better where the metric says so", () => {
    const metrics = [{ id: "error", goal: "minimize" as const, range: [0, null] as [number, null], options: {} }];
    const { lead, limits } = answer(
      [
        { name: "a", runs: [0.5, 0.6] },
        { name: "b", runs: [0.1, 0.2] },
        { ...floor, runs: [0.9] },
      ],
      6,
      { metrics },
    );
    expect(lead).toContain("b ranks first by error: 0.150");
    expect(limits[0]).toBe(
      "Even its least good run (0.200) lies below every run of every other method; the nearest is a, 0.500–0.600.",
    );
    expect(limits[1]).toBe("All networks beat the best floor, blur at 0.900.");
  });

  test("does not order by single runs as if they were sure, and counts failed runs", () => {
    const { limits } = answer([
      { name: "a", runs: [0.9] },
      { name: "b", runs: ["failed", 0.8] },
    ]);
    expect(limits).toEqual([
      "Each network has one run, so how much another fold or another random start would change is not known, and the order may be chance.",
      expect.stringContaining("in 1 of 8 such comparisons"),
      "No floor was run, so whether the networks have learnt more than a threshold knows could not be determined.",
      "1 of 3 runs failed and is left out of every number; see the warnings.",
    ]);
  });

  test("does not call one result of an ensemble a range", () => {
    const { lead, limits } = answer(
      [{ name: "vote", kind: "ensemble", runs: [0.92] }, { name: "a", runs: [0.9, 0.93] }, floor],
      6,
    );
    expect(lead).toContain("vote ranks first by Jaccard: 0.920 (one result, made of several networks).");
    expect(limits.slice(0, 2)).toEqual([
      "The best single network is a: Jaccard 0.915 in the mean over 2 runs (lowest to highest run 0.900–0.930).",
      "a cannot be told apart from it: it has runs that do as well.",
    ]);
  });

  test("has no ranking where nothing was scored", () => {
    const { lead, limits } = answer([{ name: "a", runs: ["failed", null] }, floor]);
    expect(lead).toContain("no network came to a score by Jaccard, so there is no ranking.");
    expect(limits).toEqual([
      "The best floor is blur, 0.710.",
      "1 of 4 runs failed and is left out of every number; see the warnings.",
    ]);
  });
});
