import { rankMethods } from "@em-stellar/core";
import { describe, expect, test } from "vitest";
import { answerOf } from "../src/answer.js";
import { type SmallMethod, smallResults, smallStatistics, textOf } from "./small-results.js";

const floor: SmallMethod = { name: "blur", kind: "baseline", runs: [0.7, 0.72] };

function answer(methods: SmallMethod[], images = 4, given: Parameters<typeof smallResults>[1] = {}) {
  const results = smallResults(methods, given, images);
  const { lead, limits } = answerOf(results, rankMethods(results));
  return { lead: textOf(lead.markup), limits: limits.map(({ markup }) => textOf(markup)) };
}

describe("the answer", () => {
  test("names the first with its interval, who can be told apart, and the floor", () => {
    const { lead, limits } = answer(
      [{ name: "b", runs: [0.83, 0.85] }, { name: "a", runs: [0.89, 0.93] }, { name: "c", runs: [0.8, 0.82] }, floor],
      12,
      {
        statistics: smallStatistics([{ method: "a", interval: [0.88, 0.935] }], {
          sentence: "On 12 test images, a leads; b cannot be told apart from it.",
        }),
      },
    );
    expect(lead).toBe(
      "On cardiac (16 training and 12 test images; 2 folds × 1 seed), a ranks first by Jaccard: 0.910 in the mean over 2 trainings (95 % interval 0.880–0.935).",
    );
    expect(limits).toEqual([
      "On 12 test images, a leads; b cannot be told apart from it.",
      "All networks beat the best floor, blur at 0.710.",
    ]);
  });

  test("puts methods in bold in the statistics' sentence, where their names stand as whole words", () => {
    const sentence = "a leads; a-2 and u.net do worse, a (b) cannot be told apart, and the area is not a name.";
    const results = smallResults(
      ["a", "a-2", "u.net", "a (b)", "area 51"].map((name) => ({ name, runs: [0.9] })),
      { statistics: smallStatistics([{ method: "a" }], { sentence }) },
    );
    const [verdict] = answerOf(results, rankMethods(results)).limits;
    expect(verdict?.markup).toBe(
      "<b>a</b> leads; <b>a-2</b> and <b>u.net</b> do worse, <b>a (b)</b> cannot be told apart, and the area is not <b>a</b> name.",
    );
  });

  test("where images are too few, calls nobody first, and folds the numbers away", () => {
    const sentence = "Four test images are too few to tell a and b apart. Label at least 6.";
    const results = smallResults([{ name: "a", runs: [0.9] }, { name: "b", runs: [0.8] }, floor], {
      statistics: smallStatistics([{ method: "a" }], { sentence, detail: "p = 0.125 for a." }, { decidable: false }),
    });
    const { lead, limits } = answerOf(results, rankMethods(results));
    expect(textOf(lead.markup)).toMatch(/, a has the highest Jaccard: 0\.900 /);
    expect(limits[0]?.markup).toBe(
      "Four test images are too few to tell <b>a</b> and <b>b</b> apart. Label at least 6.<details><summary>The test behind this</summary><p>p = 0.125 for <b>a</b>.</p></details>",
    );
  });

  test("says where another training could turn the order, whatever the images say", () => {
    const { limits } = answer(
      [{ name: "a", runs: [0.89, 0.93] }, { name: "b", runs: [0.86, 0.9] }, { name: "c", runs: [0.8, 0.81] }, floor],
      12,
      { statistics: smallStatistics([{ method: "a" }], { sentence: "a leads." }) },
    );
    expect(limits[1]).toBe(
      "Single trainings of b do as well as single trainings of a (lowest to highest 0.890–0.930). If they were trained again, the order might differ.",
    );
  });

  test("of results without statistics says that who can be told apart is not known", () => {
    const { lead, limits } = answer([{ name: "a", runs: [0.9, 0.92] }, { name: "b", runs: [0.8, 0.85] }, floor]);
    expect(lead).toContain("a ranks first by Jaccard: 0.910 in the mean over 2 trainings.");
    expect(limits).toEqual([
      "These results have no statistics, so it is not known which methods differ.",
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

  test("gives classifiers a sentence of their own: they are no floors", () => {
    const forest: SmallMethod = { name: "forest", kind: "baseline", role: "classifier", runs: [0.8, 0.82] };
    const networks = (...runs: number[]) => runs.map((mean, i) => ({ name: `n${i}`, runs: [mean, mean] }));
    const ends = (...runs: number[]) => answer([...networks(...runs), forest, floor], 6).limits.slice(-2);
    expect(ends(0.9, 0.75)).toEqual([
      "All networks beat the best floor, blur at 0.710.",
      "n1 does no better than the best classifier without a network, forest at 0.810.",
    ]);
    expect(ends(0.78, 0.75).at(-1)).toBe(
      "No network does better than the best classifier without a network, forest at 0.810.",
    );
    expect(ends(0.9, 0.85).at(-1)).toBe("All do better than the best classifier without a network, forest at 0.810.");
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
    expect(limits[1]).toBe("All networks beat the best floor, blur at 0.900.");
  });

  test("does not order by single runs as if they were sure, and counts failed runs", () => {
    const { limits } = answer([
      { name: "a", runs: [0.9] },
      { name: "b", runs: ["failed", 0.8] },
    ]);
    expect(limits.slice(1)).toEqual([
      "Each network was trained once. So it is not known how much another fold or another random start would change, and the order may be due to chance.",
      "No floor was run, so it is not known whether the networks have learnt more than a threshold.",
      "1 of 3 trainings failed and is left out of every number; see the warnings.",
    ]);
  });

  test("says of an ensemble that it is one result of several networks, and names the best network", () => {
    const { lead, limits } = answer(
      [{ name: "vote", kind: "ensemble", runs: [0.92] }, { name: "a", runs: [0.9, 0.93] }, floor],
      12,
      {
        statistics: smallStatistics([
          { method: "vote", interval: [0.9, 0.94] },
          { method: "a", interval: [0.89, 0.935] },
        ]),
      },
    );
    expect(lead).toContain(
      "vote ranks first by Jaccard: 0.920 (one result, made of several networks; 95 % interval 0.900–0.940).",
    );
    expect(limits[0]).toBe(
      "The best single network is a: Jaccard 0.915 in the mean over 2 trainings (95 % interval 0.890–0.935).",
    );
  });

  test("has no ranking where nothing was scored", () => {
    const { lead, limits } = answer([{ name: "a", runs: ["failed", null] }, floor]);
    expect(lead).toContain("no network came to a score by Jaccard, so there is no ranking.");
    expect(limits).toEqual([
      "The best floor is blur, 0.710.",
      "1 of 4 trainings failed and is left out of every number; see the warnings.",
    ]);
  });
});
