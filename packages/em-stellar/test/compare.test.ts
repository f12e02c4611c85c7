import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Results } from "@em-stellar/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../src/cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-compare-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function command(...args: string[]) {
  let stdout = "";
  let stderr = "";
  const status = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { status, stdout, stderr };
}

type Scores = Readonly<Record<string, number | null>>;

/** Writes the results of a finished run, as one metric scored each method. */
async function run(
  name: string,
  scores: Scores,
  given: Partial<Results> = {},
  widths: Readonly<Record<string, number>> = {},
) {
  const metric = given.rankedBy ?? "jaccard";
  const results: Results = {
    schemaVersion: 1,
    suite: name,
    finished: "2026-03-01T14:05:09.000Z",
    metrics: [{ id: metric, goal: "maximize", range: [0, 1], options: {} }],
    rankedBy: metric,
    data: {
      source: { kind: "data", id: "phantom", options: {} },
      train: 4,
      test: 3,
      groups: [],
      folds: [],
      foreground: 0.3,
      hash: name,
      testImages: ["one", "two", "three"].map((id) => ({ id, width: 4, height: 4, image: "", truth: "" })),
    },
    training: {},
    environment: {},
    warnings: [],
    methods: Object.entries(scores).map(([method, score]) => ({
      name: method,
      kind: "network",
      components: [{ kind: "network", id: method, options: { width: widths[method] ?? 8 } }],
      runs: [
        {
          fold: 0,
          seed: 1,
          state: "done",
          threshold: 0.5,
          steps: 1,
          seconds: 1,
          validation: {},
          pooled: { [metric]: score },
          perImage: [],
          history: [],
          predictions: "",
        },
      ],
      pooled: { [metric]: score },
    })),
    ...given,
  };
  const out = join(folder, name);
  await mkdir(out);
  await writeFile(join(out, "results.json"), JSON.stringify(results));
  return out;
}

describe("em-stellar compare", () => {
  it("ranks the methods of several runs, says which can be told apart, and writes a page", async () => {
    // unet is best everywhere, blur the worst; two networks, three comparisons, seven data sets: p = 1/64 × 3.
    const runs = await Promise.all(
      Array.from({ length: 7 }, (_, i) =>
        run(`set-${i}`, { blur: 0.5 - i / 100, unet: 0.9 + i / 100, prelu: 0.7, ...(i === 0 && { extra: 0.1 }) }),
      ),
    );
    const out = join(folder, "pages", "comparison.html");
    const { status, stdout, stderr } = await command("compare", ...runs, "--out", out);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").slice(0, 5)).toEqual([
      "jaccard  mean rank  set-0  set-1  set-2  set-3  set-4  set-5  set-6",
      "─".repeat(67),
      "unet          1.00  0.900  0.910  0.920  0.930  0.940  0.950  0.960",
      "prelu         2.00  0.700  0.700  0.700  0.700  0.700  0.700  0.700",
      "blur          3.00  0.500  0.490  0.480  0.470  0.460  0.450  0.440",
    ]);
    expect(stdout).toContain(
      "On 7 data sets, by mean rank, unet leads; every other method does worse (two-sided signed-rank tests, Holm-corrected for 3 comparisons, level 0.05).",
    );
    expect(stdout).toContain("! Left out, because some runs have no score for them: extra.");
    expect(stdout).toContain(`Page: ${out}`);
    expect(await readFile(out, "utf8")).toContain("<svg");
  });

  it("says that two data sets cannot tell methods apart, and that networks of one name differ", async () => {
    const runs = [await run("mouse", { a: 0.9, b: 0.8 }), await run("fly", { a: 0.7, b: 0.6 }, {}, { b: 16 })];
    const { stdout } = await command("compare", ...runs, "--out", join(folder, "page.html"));
    expect(stdout).toContain("Two data sets are too few to tell a and b apart. Compare on at least 6.");
    expect(stdout).toContain("! Made with different options in the runs: b.");
  });

  it("says in what runs differ beside their images: budget, folds and number of images", async () => {
    const data = JSON.parse(await readFile(join(await run("mouse", { a: 0.9, b: 0.8 }), "results.json"), "utf8")).data;
    const fold = { train: ["one"], validation: ["two"] };
    const fly = await run(
      "fly",
      { a: 0.7, b: 0.6 },
      { training: { steps: 500, seeds: [1] }, data: { ...data, hash: "fly", train: 12, folds: [fold, fold] } },
    );
    const worm = await run("worm", { a: 0.7, b: 0.6 }, { training: { steps: 2000, seeds: [1] } });
    const ant = await run("ant", { a: 0.7, b: 0.6 }, { training: { steps: 2000, seeds: [1] } });
    const notes = async (...runs: string[]) =>
      (await command("compare", ...runs, "--out", join(folder, "page.html"))).stdout
        .split("\n")
        .filter((line) => line.startsWith("! "));
    expect(await notes(worm, ant, fly)).toEqual([
      "! Trained differently in the runs: steps 2000 (worm, ant), 500 (fly).",
      "! Runs of different sizes: folds 0 (worm, ant), 2 (fly); training images 4 (worm, ant), 12 (fly).",
    ]);
    expect(await notes(worm, ant)).toEqual([]);
    expect(await readFile(join(folder, "page.html"), "utf8")).not.toContain("Trained differently");
  });

  it("refuses runs that cannot be compared, and says what would do", async () => {
    const mouse = await run("mouse", { a: 0.9, b: 0.8 });
    const refusal = async (...runs: string[]) => (await command("compare", ...runs)).stderr;
    expect(await refusal(mouse)).toContain("at least two runs on different data sets");
    expect(
      await refusal(
        mouse,
        await run(
          "again",
          { a: 0.9, b: 0.8 },
          { data: JSON.parse(await readFile(join(mouse, "results.json"), "utf8")).data },
        ),
      ),
    ).toContain("mouse and again are runs on the same images. Name only one run for each data set");
    const worm = await run(
      "worm",
      { a: 0.5, b: 0.4 },
      { rankedBy: "f1", metrics: [{ id: "f1", goal: "maximize", range: [0, 1], options: {} }] },
    );
    expect(await refusal(mouse, worm)).toContain(
      "rank by different metrics (mouse by jaccard, worm by f1). Choose one with --metric.",
    );
    expect(await refusal(mouse, worm, "--metric", "f1")).toContain('mouse was not scored by "f1". It has: jaccard.');
    expect(await refusal(mouse, await run("fly", { a: 0.9, c: 0.8, b: null }))).toContain(
      'The runs have only a with a score by "jaccard" in common. Methods are matched by name: mouse has a, b; fly has a, c.',
    );
    expect(await refusal(mouse, join(folder, "nothing"))).toContain("There is no results.json in");
  });
});

it("em-stellar report gives statistics to results of a version before there were any", async () => {
  const perImage = (score: number) => ["one", "two"].map((image) => ({ image, values: { jaccard: score } }));
  const images = ["one", "two"].map((id) => ({ id, width: 4, height: 4, image: "", truth: "" }));
  const older = await run("older", { a: 0.9, b: 0.8 });
  const results: Results = JSON.parse(await readFile(join(older, "results.json"), "utf8"));
  results.data.testImages = images;
  for (const method of results.methods) {
    const score = method.pooled.jaccard as number; // written above
    method.runs = [
      {
        fold: 0,
        seed: 1,
        state: "done",
        threshold: 0.5,
        steps: 1,
        seconds: 1,
        validation: {},
        pooled: method.pooled,
        perImage: perImage(score),
        history: [],
        predictions: "",
      },
    ];
  }
  await writeFile(join(older, "results.json"), JSON.stringify(results));
  const { status, stdout } = await command("report", older);
  expect(status).toBe(0);
  expect(stdout).toContain("Two test images are too few to tell a and b apart. Label at least 6.");
  expect(await readFile(join(older, "report", "index.html"), "utf8")).toContain(
    "too few to tell <b>a</b> and <b>b</b>",
  );
});
