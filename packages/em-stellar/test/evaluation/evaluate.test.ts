import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Evaluation, evaluationSchema } from "@em-stellar/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Rows, write, writeColours, writePng, writeTiff } from "../../../data/test/image-files.js";
import { command } from "./command.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-evaluate-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...parts: string[]) => join(folder, ...parts);
const evaluate = (...options: string[]) =>
  command(
    "evaluate",
    "--truth",
    at("truth"),
    "--predictions",
    at("all"),
    "--out",
    at("out"),
    "--workers",
    "1",
    ...options,
  );
const resultsIn = async (out = "out"): Promise<Evaluation> =>
  evaluationSchema.parse(JSON.parse(await readFile(at(out, "results.json"), "utf8")));

const truthA: Rows = [
  [255, 255, 0, 0],
  [255, 255, 0, 0],
  [0, 0, 0, 0],
];
const truthB: Rows = [
  [0, 0, 0, 0],
  [0, 255, 255, 0],
  [0, 255, 255, 0],
];
/** In image A 3 TP, 1 FN, 1 FP; in B 4 TP, 0 FN, 0 FP. */
const goodA: Rows = [
  [255, 200, 0, 0],
  [200, 100, 128, 0],
  [0, 0, 127, 0],
];
const map = (rows: Rows, change: (value: number) => number) => rows.map((row) => row.map(change));

async function writeSmallSet(): Promise<void> {
  await writePng(at("truth", "a.png"), truthA);
  await writePng(at("truth", "b.png"), truthB);
  await writePng(at("all", "good", "a.png"), goodA);
  await writePng(at("all", "good", "b.png"), truthB);
  // The same predictions as 16-bit and as floats, in stacks.
  const toFloat = (rows: Rows) => map(rows, (value) => value / 255);
  await writeTiff(at("all", "float.tif"), [toFloat(goodA), toFloat(truthB)], "float");
  await writeTiff(at("all", "bad.tif"), [map(goodA, (value) => value * 257 * 0.6), map(truthB, () => 0)], 16);
}

describe("em-stellar evaluate", () => {
  it("reads what a plugin's image format reads", async () => {
    // As a stranger would write it: the word GREY, width and height in a byte each, then the pixels.
    await write(
      at("plugin.mjs"),
      `const component = { kind: "format", id: "grey", options: {}, extensions: ["grey"],
        recognise: (head) => String.fromCharCode(...head.subarray(0, 4)) === "GREY",
        async open(source) {
          const [width, height] = await source.read(4, 2);
          return {
            pages: [{ width, height, channels: 1, bits: 8, sampleType: "uint", photometric: "black-is-zero", isInverted: false }],
            read: async () => ({ width, height, channels: 1, fullRange: 255, data: (await source.read(6, width * height)).slice() }),
          };
        } };
      const grey = Object.assign(() => component, { kind: "format", id: "grey", summary: "Grey", defaults: {} });
      export default { name: "stranger", version: "1.0.0", components: [grey] };`,
    );
    const writeGrey = (path: string, rows: Rows) =>
      writeFile(path, Uint8Array.of(71, 82, 69, 89, rows[0]?.length ?? 0, rows.length, ...rows.flat()));
    await writeSmallSet();
    await writeGrey(at("truth", "a.grey"), truthA);
    await rm(at("truth", "a.png"));
    await rm(at("all", "bad.tif"));
    const options = ["--metrics", "f1", "--plugin", at("plugin.mjs")];
    expect((await evaluate(...options)).stderr).toBe("");
    const { methods } = await resultsIn();
    // 7 of 8 object pixels found, 1 of 8 calls wrong.
    expect(methods.map(({ name, pooled }) => [name, pooled.f1])).toEqual([
      ["good", 14 / 16],
      ["float", 14 / 16],
    ]);
  });

  it("scores every method over all images and on each, and writes results, a table and a report", async () => {
    await writeSmallSet();
    const { status, stdout, stderr } = await evaluate("--metrics", "f1,jaccard,auc-roc");
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^Truth: {3}2 images of 4 × 3 pixels in .*truth$/);
    expect(lines[1]).toMatch(/^Methods: 3 methods in .*all: good, bad, float$/);
    expect(lines[2]).toBe("Paired:  by name: good; by order: bad, float");
    expect(
      lines
        .filter((line) => line.startsWith("✓"))
        .map((line) => line.replace(/\d+ s$/, "0 s"))
        .sort(),
    ).toEqual(["✓ bad  2 images, 0 s", "✓ float  2 images, 0 s", "✓ good  2 images, 0 s"]);
    expect(lines).toContain(`Report:  ${at("out", "report", "index.html")}`);

    const results = await resultsIn();
    // Pooled: TP 7, FN 1, FP 1 of 24 pixels.
    const [f1, jaccard] = [14 / 16, 7 / 9];
    const scores = results.methods.map(({ name, pooled, perImage }) => ({ name, pooled, perImage }));
    for (const name of ["good", "float"]) {
      const { pooled = {}, perImage } = scores.find((method) => method.name === name) ?? {};
      expect(pooled).toMatchObject({ f1, jaccard });
      expect(perImage).toEqual([
        { image: "a", f1: 6 / 8, jaccard: 3 / 5, "auc-roc": expect.any(Number) },
        { image: "b", f1: 1, jaccard: 1, "auc-roc": 1 },
      ]);
      // Object: 255, 200, 200, 100 and four of 255; background: 128, 127 and 14 zeros. 100 loses twice, of 8 × 16 pairs.
      expect(pooled["auc-roc"]).toBeCloseTo(1 - 2 / 128, 12);
    }
    // At 0.6 of the value, only 255 is above half.
    expect(scores.find(({ name }) => name === "bad")?.pooled).toMatchObject({ f1: 2 / 9, jaccard: 1 / 8 });
    expect(scores.at(-1)?.name).toBe("bad");
    expect(results).toMatchObject({
      kind: "evaluation",
      name: "all",
      rankedBy: "jaccard",
      options: { threshold: 0.5, positive: "object" },
      data: { foreground: 8 / 24, grey: 0, stored: { format: "8-bit greys", lowest: 0, highest: 255, white: null } },
      environment: { command: expect.stringContaining("npx em-stellar evaluate --truth") },
    });
    const good = results.methods.find(({ name }) => name === "good");
    expect(good?.curves.operating).toEqual({ recall: 0.875, precision: 0.875, fpr: 0.0625 });
    expect(good?.curves.sweep.f1[50]).toBe(0.875);
    expect(results.statistics?.units).toMatchObject({ kind: "images", count: 2 });

    const csv = (await readFile(at("out", "results.csv"), "utf8")).trimEnd().split("\n");
    expect(csv[0]).toBe("method,image,f1,jaccard,auc-roc");
    expect(csv).toHaveLength(1 + 3 * 3);
    expect(csv).toContain(`good,(all),${f1},${jaccard},${good?.pooled["auc-roc"]}`);
    expect(csv.some((line) => line.startsWith(`good,a,${6 / 8},${3 / 5},`))).toBe(true);

    const page = await readFile(at("out", "report", "index.html"), "utf8");
    for (const section of ["ranking", "pictures", "thresholds", "heatmap", "images", "run", "cite", "glossary"]) {
      expect(page).toContain(`<section id="${section}"`);
    }
    await rm(at("out", "report"), { recursive: true });
    const again = await command("report", at("out"));
    expect([again.status, again.stderr]).toEqual([0, ""]);
    expect(await readFile(at("out", "report", "index.html"), "utf8")).toBe(page);
  });

  it("gives the paper's view beside the usual one", async () => {
    await writeSmallSet();
    await rm(at("all", "float.tif"));
    await evaluate("--metrics", "f1,sensitivity,jaccard,accuracy", "--positive", "both", "--rank-by", "f1:background");
    const { metrics, methods, rankedBy } = await resultsIn();
    expect(metrics.map(({ id, metric, options }) => [id, metric, options.positive])).toEqual([
      ["f1", "f1", "object"],
      ["sensitivity", "sensitivity", "object"],
      ["jaccard", "jaccard", "object"],
      ["accuracy", "accuracy", "object"],
      ["f1:background", "f1", "background"],
      ["sensitivity:background", "sensitivity", "background"],
    ]);
    expect(rankedBy).toBe("f1:background");
    expect(methods[0]).toMatchObject({
      name: "good",
      pooled: { f1: 14 / 16, "f1:background": 30 / 32, sensitivity: 7 / 8, "sensitivity:background": 15 / 16 },
    });
    const page = await readFile(at("out", "report", "index.html"), "utf8");
    expect(page).toContain("Positive class: background, as in the EM-stellar paper");
    expect((await evaluate("--positive", "background", "--metrics", "f1")).status).toBe(0);
    expect((await resultsIn()).methods[0]?.pooled).toEqual({ f1: 30 / 32 });
  });

  it("says what makes scores worthless", async () => {
    await writeSmallSet();
    const all = (name: string, change: (value: number) => number) =>
      Promise.all([
        writePng(at("all", name, "a.png"), map(truthA, change)),
        writePng(at("all", name, "b.png"), map(truthB, change)),
      ]);
    await all("flat", () => 77);
    await writePng(
      at("all", "dim", "a.png"),
      map(goodA, (value) => value / 3),
    );
    await writePng(
      at("all", "dim", "b.png"),
      map(goodA, (value) => value / 3),
    );
    await all("inverse", (value) => 255 - value);
    await all("copy", (value) => value);
    await all("copy again", (value) => value);
    const { stdout } = await evaluate("--metrics", "f1,ppv");
    const { warnings } = await resultsIn();
    const of = (code: string) => warnings.filter((warning) => warning.code === code).map(({ message }) => message);
    expect(of("constant-prediction").sort()).toEqual([
      expect.stringMatching(/^dim calls every pixel background: none is above the threshold 0\.5\./),
      expect.stringMatching(/^flat is constant: every pixel of every image is 77, so all is called background\./),
    ]);
    expect(of("inverted")).toEqual([expect.stringMatching(/^inverse predicts mostly background as object/)]);
    expect(of("equals-truth").map((message) => message.split(" agrees")[0])).toEqual(
      expect.arrayContaining(["copy", "copy again"]),
    );
    expect(of("same-predictions")).toEqual([expect.stringMatching(/^copy and copy again hold the same predictions/)]);
    expect(of("undefined-score")).toEqual([expect.stringMatching(/^ppv is not defined for 2 methods: .*(dim|flat)/)]);
    for (const { message } of warnings) expect(stdout).toContain(`! ${message}`);
  });

  it("explains a truth without object", async () => {
    await writeSmallSet();
    for (const name of ["a", "b"])
      await writePng(
        at("truth", `${name}.png`),
        map(truthA, () => 0),
      );
    const { status } = await evaluate("--metrics", "f1,v-rand,v-info,sensitivity");
    const { warnings, methods } = await resultsIn();
    expect(status).toBe(0);
    expect(warnings[0]).toEqual({
      code: "truth-empty",
      message: expect.stringMatching(/no pixel of it is above 0\.5\. v-info and v-rand are 0 by definition;/),
    });
    expect(methods[0]?.pooled).toMatchObject({ "v-rand": 0, "v-info": 0, sensitivity: null });
    expect(methods[0]?.curves).toMatchObject({ precisionRecall: null, roc: null });
    expect(await readFile(at("out", "report", "index.html"), "utf8")).toContain("The truth has no object");
  });

  it("calls object what is above --threshold, and takes --labels and --white", async () => {
    await writePng(
      at("truth", "a.png"),
      map(truthA, (value) => (value ? 7 : 3)),
    );
    await writePng(
      at("all", "m", "a.png"),
      map(goodA, (value) => value * 16),
      16,
    );
    const run = (...options: string[]) => evaluate("--metrics", "sensitivity,ppv", "--truth-labels", "5-8", ...options);
    expect((await run()).stderr).toMatch(/"m" \(.*\): .*a\.png holds 16-bit greys up to 4080 only/);
    expect((await run("--white", "4080", "--threshold", "0.25")).status).toBe(0);
    // Above a quarter of 255: 255, 200, 200, 100 of the object; 128 and 127 of the background.
    expect((await resultsIn()).methods[0]).toMatchObject({
      stored: { format: "16-bit greys", highest: 4080, white: 4080 },
      pooled: { sensitivity: 1, ppv: 4 / 6 },
    });
    expect((await run("--labels", "4080,1600")).status).toBe(0);
    expect((await resultsIn()).methods[0]).toMatchObject({
      stored: { labels: [4080, 1600] },
      pooled: { sensitivity: 0.5 },
    });
  });
});

describe("what cannot be evaluated is refused before anything is scored or written", () => {
  const refusal = async (...options: string[]) => {
    const { status, stdout, stderr } = await evaluate("--metrics", "f1", ...options);
    expect(status).toBe(1);
    expect(stdout).not.toContain("✓");
    expect(existsSync(at("out"))).toBe(false);
    return stderr;
  };

  it.each([
    ["no truth", () => rm(at("truth"), { recursive: true }), /^error: --truth: there is no .*truth\.\n$/],
    [
      "a missing image",
      () => rm(at("all", "good", "b.png")),
      /^error: "good": 1 image in .*good, but 2 images of truth.*Without a prediction: b\./,
    ],
    [
      "another size",
      () => writePng(at("all", "good", "b.png"), [[1, 2]]),
      /"good": .*b\.png is 2 × 1, but its truth .*b\.png is 4 × 3/,
    ],
    [
      "a file that is cut off",
      async () => {
        const bytes = await readFile(at("all", "good", "b.png"));
        await writeFile(at("all", "good", "b.png"), bytes.subarray(0, bytes.length - 30));
      },
      /^error: .*good\/b\.png is a corrupt or truncated PNG/,
    ],
    [
      "not a number",
      () => writeTiff(at("all", "float.tif"), [truthA, map(truthB, () => Number.NaN)], "float"),
      /float\.tif \(page 2\) holds NaN at x = 0, y = 0/,
    ],
    [
      "a picture in colours",
      () =>
        writeColours(
          at("all", "good", "b.png"),
          truthB.map((row) => row.map((value) => [value, 0, 0])),
        ),
      /good\/b\.png is a picture in colours \(#000000, #ff0000\)/,
    ],
    [
      "indices of a colour table",
      () =>
        writeTiff(at("all", "bad.tif"), [map(truthA, (v) => v && 2), truthB.map((row) => row.map(() => 1))], 8, [
          [0, 0, 0],
          [255, 0, 0],
          [0, 255, 0],
        ]),
      /"bad" .* holds indices of a colour table, 0, 2.*--labels nonzero.*--labels 2/,
    ],
    [
      "values that could be misread, all in one message",
      async () => {
        await writeTiff(at("all", "float.tif"), [goodA, truthB], "float");
        await writeTiff(at("all", "bad.tif"), [goodA, truthB], 16);
      },
      /Nothing was evaluated\.\n {2}"bad" .*--white 255.*\n {2}"float" .*--white 255/,
    ],
    [
      "a folder without methods",
      () => rm(at("all"), { recursive: true }),
      /^error: --predictions: there is no .*all\.\n$/,
    ],
  ] as [string, () => Promise<unknown>, RegExp][])("%s", async (_, prepare, message) => {
    await writeSmallSet();
    await prepare();
    expect(await refusal()).toMatch(message);
  });

  it("an image of the microscope that cannot be read, or has no truth", async () => {
    await writeSmallSet();
    await writePng(at("em", "a.png"), truthA, 16);
    expect(await refusal("--images", at("em"))).toMatch(
      /"em": 1 image in .*em, but 2 images of truth.* Without an image: b\./,
    );
    await write(at("em", "b.png"), (await readFile(at("em", "a.png"))).subarray(0, 50));
    expect(await refusal("--images", at("em"))).toMatch(/em\/b\.png is a corrupt or truncated PNG/);
  });

  it("unknown measures, and values that are none", async () => {
    await writeSmallSet();
    expect((await evaluate("--metrics", "f1,jacard")).stderr).toMatch(
      /No metric named "jacard"\. Did you mean "jaccard"\?/,
    );
    expect(await refusal("--rank-by", "f2")).toMatch(/--rank-by names "f2", .* Did you mean "f1"\? Available: f1\./);
    expect(await refusal("--threshold", "1.5")).toContain("It must be a probability: 0 or more, and below 1.");
    expect(await refusal("--labels", "3-1")).toContain("It must be whole numbers: 1 or 1,3 or 1-40; or nonzero");
    expect(await refusal("--white", "0")).toContain("It must be a number above 0.");
    expect((await command("evaluate", "--truth", at("truth"))).stderr).toMatch(
      /required option '--predictions <path>'/,
    );
  });

  it("an output folder that holds something else", async () => {
    await writeSmallSet();
    await write(at("out", "thesis.txt"), "precious");
    const { status, stderr } = await evaluate("--metrics", "f1");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/out holds files \(thesis\.txt\) but no evaluation/)]);
    expect(await readdir(at("out"))).toEqual(["thesis.txt"]);
  });

  it("but a folder with an earlier evaluation gets the new one", async () => {
    await writeSmallSet();
    await evaluate("--metrics", "f1");
    await rm(at("all", "good"), { recursive: true });
    await write(at("out", "results.json.123.writing"), "cut off");
    expect((await evaluate("--metrics", "f1")).status).toBe(0);
    expect(await readdir(at("out", "pictures", "methods"))).toEqual(["bad", "float"]);
    expect(await readdir(at("out"))).toEqual(["pictures", "report", "results.csv", "results.json"]);
  });
});

describe("what is not found and what touches", () => {
  it("a method that finds nothing on most images does not lead by a distance, and the table says where scores are defined", async () => {
    // 8 × 6 pixels: the diagonal is 10. "misses" is perfect on one image of three and finds nothing on the others;
    // "shifted" is one pixel off on each.
    const rows = (left: number): Rows =>
      Array.from({ length: 6 }, (_, y) =>
        Array.from({ length: 8 }, (_, x) => (y > 1 && y < 4 && x >= left && x < left + 3 ? 255 : 0)),
      );
    const nothing = map(rows(2), () => 0);
    for (const [i, name] of ["a.png", "b.png", "c.png"].entries()) {
      await writePng(at("truth", name), rows(2));
      await writePng(at("all", "shifted", name), rows(3));
      await writePng(at("all", "misses", name), i === 0 ? rows(2) : nothing);
    }
    const { status } = await evaluate(
      "--metrics",
      "hausdorff-95,average-surface-distance,ppv",
      "--rank-by",
      "hausdorff-95",
    );
    expect(status).toBe(0);
    const { methods, metrics } = await resultsIn();
    expect(methods.map(({ name }) => name)).toEqual(["shifted", "misses"]);
    expect(methods[1]?.pooled["hausdorff-95"]).toBeCloseTo((0 + 10 + 10) / 3, 12);
    expect(methods[1]?.pooled["average-surface-distance"]).toBeCloseTo((0 + 10 + 10) / 3, 12);
    expect(metrics[0]?.words).toMatchObject({ label: "Hausdorff 95 %", family: "boundaries", unit: "pixels" });
    const page = await readFile(at("out", "report", "index.html"), "utf8");
    expect(page).toContain("defined on 1 of 3 images"); // the PPV of what finds nothing
  });

  it("numbered objects that touch stay apart: two of three found where two were joined", async () => {
    const truth: Rows = Array.from({ length: 4 }, () => [1, 1, 1, 1, 2, 2, 2, 2, 2, 0, 0, 3, 3]);
    await writePng(at("truth", "a.png"), truth);
    await writePng(
      at("all", "joined", "a.png"),
      map(truth, (value) => (value === 2 ? 1 : value)),
    );
    await writePng(
      at("all", "same", "a.png"),
      map(truth, (value) => (value === 0 ? 0 : 4 - value)),
    );
    const options = [
      "--truth-labels",
      "1-3",
      "--labels",
      "1-3",
      "--metrics",
      "ap-50,object-f1,f1",
      "--rank-by",
      "ap-50",
    ];
    expect((await evaluate(...options)).status).toBe(0);
    const { methods, warnings } = await resultsIn();
    expect(methods.map(({ name, pooled }) => [name, pooled])).toEqual([
      ["same", { "ap-50": 1, "object-f1": 1, f1: 1 }],
      ["joined", { "ap-50": 2 / 3, "object-f1": 4 / 5, f1: 1 }], // IoU 4/9 with one, 5/9 with the other
    ]);
    expect(warnings.filter(({ code }) => code === "equals-truth").map(({ message }) => message)).toEqual([
      "same agrees with the truth in every pixel of every image. Is it a copy of the truth?",
    ]);
  });
});
