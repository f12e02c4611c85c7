import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawPhantom, encodePng, splitFolds } from "@em-stellar/data";
import { budgetFor } from "@em-stellar/runner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planesByTifffile } from "../packages/data/test/tiff-writer.js";
import { main } from "../packages/em-stellar/src/cli.js";
import { understand } from "../packages/em-stellar/src/init/understand.js";
import { loadSuite } from "../packages/em-stellar/src/suite-file.js";
import { typed } from "../packages/em-stellar/src/terminal/as-typed.js";
import { layouts } from "./draw-layouts.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-init-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a folder is understood", () => {
  it.each(layouts.map((layout, i) => ({ ...layout, i })))("$name", async ({ draw, understood, i }) => {
    const place = join(folder, String(i));
    draw(place);
    if ("asks" in understood) {
      await expect(understand(place, {})).rejects.toThrow(understood.asks);
      const answered = await understand(place, { images: "A", masks: "B" });
      expect(answered.dataset.train.length + answered.dataset.test.length).toBe(4);
      return;
    }
    const { dataset, options, folds, foldsSplitGroups, sentences, smallestSide } = await understand(place, {});
    expect(options).toMatchObject(understood.options);
    const { train, test } = dataset;
    expect([train.length, test.length]).toEqual([understood.train, understood.test]);
    const grouped = foldsSplitGroups ? { grouped: false } : {};
    expect(splitFolds(train, { count: folds, seed: 1, ...grouped })).toHaveLength(folds);
    for (const sample of [...train, ...test]) {
      const [image, mask] = [await sample.image(), await sample.mask?.()];
      expect([mask?.width, mask?.height]).toEqual([image.width, image.height]);
      expect(Math.min(image.width, image.height)).toBeGreaterThanOrEqual(smallestSide);
    }
    expect(sentences.join(" ")).toMatch(/to train on, .* for the test\..*% are object/s);
  });

  it("an empty folder, and one of other files, are told", async () => {
    await expect(understand(mkdtempSync(join(folder, "empty-")), {})).rejects.toThrow("it is empty");
  });

  const sentencesOf = async (name: string) => {
    const place = mkdtempSync(join(folder, "said-"));
    layouts.find((layout) => layout.name === name)?.draw(place);
    return (await understand(place, {})).sentences;
  };

  it("what is held out is said before it is counted, and groups of the test are named", async () => {
    const sentences = await sentencesOf("a folder for each animal");
    expect(sentences.slice(1, 3)).toEqual([
      "No images are marked as test images, so a fifth of the 4 groups is held out for the test, drawn by a seed.",
      "6 images to train on, 2 images for the test.",
    ]);
    const [, train = "", test] = /^Groups: (.*) to train on, (.*) for the test\.$/.exec(sentences[3] ?? "") ?? [];
    expect([...train.split(", "), test].sort()).toEqual(["mouse1", "mouse2", "mouse3", "mouse4"]);
  });

  it("of two animals, one is held out, and that folds divide the other is said", async () => {
    const sentences = await sentencesOf("a folder for each of two animals");
    expect(sentences[1]).toMatch(
      /^There are two groups, so mouse2 is held out for the test, and the images of mouse1 are divided into folds\./,
    );
    expect(sentences).toContain("Groups: mouse1 to train on, mouse2 for the test.");
  });
});

describe("the words of the command", () => {
  const command = async (...args: string[]) => {
    let said = "";
    const output = { write: (text: string) => (said += text) };
    const status = await main(["init", ...args], { stdout: output, stderr: output, env: {} });
    return { status, said };
  };
  const drawn = (change: (place: string) => void = () => {}) => {
    const place = mkdtempSync(join(folder, "words-"));
    layouts.find(({ name }) => name === "masks painted red")?.draw(place);
    change(place);
    return place;
  };

  it("a mask that is missing is named, and nothing is said of its values", async () => {
    const { status, said } = await command(drawn((place) => rmSync(join(place, "annotations", "3.png"))));
    expect(status).toBe(1);
    expect(said).toContain("without a mask: raw/3.png\n");
    expect(said).toContain("Add what is missing, or move what has no partner out of the folder.");
    expect(said).not.toMatch(/--labels|values/);
  });

  it("values that are not in the masks are told as they were typed", async () => {
    const { status, said } = await command(drawn(), "--labels", "7", "--mask-rule", "binary");
    expect(status).toBe(1);
    expect(said).toContain('--mask-rule "binary" and --labels');
    const other = await command(drawn(), "--labels", "7");
    expect(other.status).toBe(1);
    expect(other.said).toContain("--labels");
    expect(other.said).not.toMatch(/maskRule|objectLabels/);
  });

  it("options of a suite are spelled as the command takes them, in every message", () => {
    const told: readonly [suite: string, command: string][] = [
      [
        'If every value but 0 is object, use maskRule: "index".',
        "If every value but 0 is object, use --labels nonzero.",
      ],
      [
        "such as objectLabels: [1, 2]; if 255 marks …, use ignoreValue: 255.",
        "such as --labels 1,2; if 255 marks …, use --ignore-value 255.",
      ],
      ['use maskRule: "binary". Or polarity: "as-shown".', "use --mask-rule binary. Or --polarity as-shown."],
      ['This pairs them: "pairBy": "0*(\\\\d+)$".', "This pairs them: --pair-by '0*(\\d+)$'."],
      [
        'groupBy "^Z" matches nothing in the name "a1"; or leave groupBy out.',
        "--group-by '^Z' matches nothing in the name \"a1\"; or leave --group-by out.",
      ],
      ['testImages: "x" finds nothing: there is no folder', '--test-images: "x" finds nothing: there is no folder'],
      ["Name them with `images` and `masks`.", "Name them with `images` and `masks`."], // spelled by the command itself
    ];
    for (const [suite, command] of told) expect(typed(suite)).toBe(command);
  });

  it("a stack of three slices that tifffile marked as colours is asked about, and read as it is told", async () => {
    const place = mkdtempSync(join(folder, "planes-"));
    const drawn = [1, 2, 3].map((seed) =>
      drawPhantom(seed, 64, { contrast: 0.7, noise: 0.04, unevenness: 0.1, mitochondria: 8, darkBodies: 2 }),
    );
    const stackOf = (planes: readonly Uint8Array[]) => planesByTifffile(64, 64, planes);
    writeFileSync(join(place, "volume.tif"), stackOf(drawn.map(({ image }) => image)));
    writeFileSync(join(place, "volume_mask.tif"), stackOf(drawn.map(({ mask }) => mask)));
    expect((await command(place)).said).toContain("Say what they are: --planes slices or --planes colours.");
    const { dataset } = await understand(place, { options: { planes: "slices" } });
    expect([dataset.train.length, dataset.test.length]).toEqual([2, 1]);
  });

  it("images on two grey scales warn", { timeout: 30_000 }, async () => {
    const place = drawn((at) => {
      for (const n of [1, 2]) {
        const data = Uint16Array.from({ length: 64 * 64 }, (_, i) => (i * 7919) % 60000);
        writeFileSync(join(at, "raw", `${n}.png`), encodePng({ width: 64, height: 64, data }));
      }
    });
    const { status, said } = await command(place, "--backend", "wasm", "--minutes", "0.01");
    expect(status, said).toBe(0);
    expect(said).toMatch(/^! Image "\d" holds values from \d+ to \d+, but the training images together/m);
    expect(readFileSync(join(place, "suite.json"), "utf8")).toContain("// ! Image");
  });
});

describe("the budget", () => {
  const speeds = [
    { method: "a", step: 0.1, validation: 1 },
    { method: "b", step: 0.3, validation: 2 },
  ];

  it("fills the time with steps, after ten validations of each network", () => {
    // A fold of 600 s: 30 s of validations leave 570 s for steps of 0.4 s in both networks: 1425, in fifties 1400.
    const { steps, validateEvery, seconds } = budgetFor(speeds, 3, 1800, 1);
    expect([steps, validateEvery]).toEqual([1400, 140]);
    expect(seconds).toBeCloseTo(3 * (1400 * 0.4 + 30));
  });

  it("is 100 steps at least and 5000 at most", () => {
    expect(budgetFor(speeds, 3, 1, 1)).toMatchObject({ steps: 100, seconds: 3 * 70 });
    expect(budgetFor(speeds, 3, 1e6, 1).steps).toBe(5000);
  });

  it("counts trainings that run at the same time", () => {
    // With 200 steps a takes 30 s and b 80 s, three times each. Of two workers, one does a, a and b (until 140 s), the other
    // a, b and b (until 190 s).
    const two = [
      { method: "a", step: 0.1, validation: 1 },
      { method: "b", step: 0.3, validation: 2 },
    ];
    expect(budgetFor(two, 3, 220, 2)).toMatchObject({ steps: 200 });
    expect(budgetFor(two, 3, 220, 2).seconds).toBeCloseTo(190);
    // As many workers as trainings: the longest one alone.
    expect(budgetFor(two, 3, 80, 6)).toMatchObject({ steps: 200, seconds: 80 });
    expect(budgetFor(two, 3, 80, 60)).toMatchObject({ steps: 200, seconds: 80 });
  });
});

it("init writes a commented suite that run takes, and a sheet of the images, beside them", async () => {
  const place = join(folder, "0");
  let said = "";
  const output = { write: (text: string) => (said += text) };
  expect(
    await main(["init", place, "--name", "mine", "--backend", "wasm", "--minutes", "1"], {
      stdout: output,
      stderr: output,
      env: {},
    }),
    said,
  ).toBe(0);
  expect(said).toMatch(
    /unet-bn: \d+ ms a step\nprelu-net: \d+ ms a step\n\d+ steps for each of 2 networks on 3 folds: about /,
  );
  expect(readFileSync(join(place, "suite.json"), "utf8")).toMatch(
    /^\/\/ 16 files: images in train\/images[\s\S]*\/\/ The budget/,
  );
  const sheet = readFileSync(join(place, "suite.html"), "utf8");
  expect(sheet.match(/<img src="data:image\/png;base64,/g)).toHaveLength(16);
  const { suite } = await loadSuite(join(place, "suite.json"));
  expect(suite).toMatchObject({
    name: "mine",
    folds: 3,
    trainings: [{ options: { patch: 64 } }],
    networks: [{ id: "unet-bn" }, { id: "prelu-net" }],
  });
  const { train, test } = await suite.data.open({ folder: place });
  expect([train.length, test.length]).toEqual([6, 2]);
  // A second time it replaces nothing unasked.
  expect(await main(["init", place], { stdout: output, stderr: output, env: {} })).toBe(1);
  expect(said).toContain(
    "suite.json already exists. Write to another file with --out, or replace this one with --force.",
  );
});
