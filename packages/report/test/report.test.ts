import { hashBytes, memoryStore, type RunStore, writeSealed } from "@em-stellar/core";
import { renderReport } from "@em-stellar/report";
import { decode, encode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { smallResults, textOf } from "./small-results.js";
import { syntheticRun } from "./synthetic-run.js";

/** A grey PNG of 4 × 4 pixels. */
const grey4 = (values: readonly number[]) =>
  encode({ width: 4, height: 4, channels: 1, data: Uint8Array.from(values) });

describe("the page of a run with troubles", () => {
  let html = "";
  beforeAll(async () => {
    const { results, store } = await syntheticRun({ side: 48, folds: 2, seeds: 2 });
    html = await renderReport(results, { store });
  });

  test("has every section", () => {
    for (const id of [
      "warnings",
      "ranking",
      "use",
      "heatmap",
      "pictures",
      "learning",
      "cost",
      "images",
      "run",
      "cite",
      "glossary",
    ]) {
      expect(html).toContain(`<section id="${id}"`);
      expect(html).toContain(`<a href="#${id}"`);
    }
  });

  test("asks for nothing from elsewhere", () => {
    const addresses = [...html.matchAll(/(?:src|href|action|poster|data)="([^"]*)"/g)].map(
      ([, address]) => address ?? "",
    );
    const elsewhere = addresses.filter((address) => !/^(#|data:image\/png;base64,|\.\.\/[\w.%/-]+$)/.test(address));
    expect(elsewhere).toEqual([]);
    expect(html).not.toMatch(/@import|url\((?!#)|<link|<iframe|fetch\(|XMLHttpRequest|import\(/);
    expect(html).toContain("default-src &#39;none&#39;");
  });

  test("uses each id once, and refers only to ids that exist", () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...html.matchAll(/(?:href="#|url\(#|for=")([\w-]+)/g)].map(([, id]) => id);
    expect(references.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("leaves nothing undefined, not a number or unfinished in its text", () => {
    const [body = ""] = html.replace(/<script>.*?<\/script>/s, "").split("</html>");
    expect(textOf(body.replace(/<style>.*?<\/style>/s, ""))).not.toMatch(/undefined|NaN(?!\.)|\[object|null/);
    expect(body).not.toMatch(/="[^"]*(undefined|NaN)[^"]*"/);
  });

  test("warns with what to do, and tells a failed run once", () => {
    expect(textOf(html)).toContain(
      "prelu-net, fold 1, seed 2, after 120 steps: the loss became NaN. Lower the learning rate",
    );
    expect(textOf(html)).toContain("Keep neighbouring slices of a stack on one side");
    expect(html).not.toContain("the loss became NaN at step 120");
    expect(textOf(html)).toContain("PPV is not defined in at least one training of constant.");
  });

  test("its script is valid", () => {
    const [, script = ""] = /<script>(.*)<\/script>/s.exec(html) ?? [];
    expect(() => new Function(script)).not.toThrow();
  });
});

describe("renderReport", () => {
  test("the same results give the same page", async () => {
    const { results, store } = await syntheticRun({ side: 16, folds: 2, seeds: 1, networks: ["a", "b"] });
    expect(await renderReport(results, { store })).toBe(await renderReport(results, { store }));
  });

  test("escapes every name that a user gives", async () => {
    const evil = `'"><script>alert(1)</script><i onload="x">&`;
    const results = smallResults(
      [
        { name: evil, runs: [0.9, "failed"], more: { failure: evil, learnt: { [evil]: evil }, members: [evil] } },
        { name: `${evil}2`, kind: "baseline", runs: [0.5] },
      ],
      {
        suite: evil,
        finished: evil,
        metrics: [{ id: evil, goal: "maximize", range: [0, 1], options: { positive: evil } }],
        training: { [evil]: evil },
        environment: { [evil]: evil, command: evil },
        warnings: [{ code: evil, message: evil }],
      },
    );
    results.data.testImages[0] = { id: evil, width: 4, height: 4, image: evil, truth: "truth.png" };
    results.data.groups = [evil];
    results.data.folds = [{ train: [evil], validation: [evil] }];
    for (const method of results.methods) {
      method.components = [{ kind: "network", id: evil, options: { [evil]: evil }, package: evil, version: evil }];
    }
    const store = memoryStore();
    await store.write("truth.png", grey4(Array(16).fill(255)));
    const html = await renderReport(results, { store, folder: evil, citation: () => evil });
    expect(html).not.toContain("<script>alert");
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain("<i onload");
  });

  test("paints the stored prediction of the run that was best on validation, at its own threshold", async () => {
    const results = smallResults(
      [{ name: "a", runs: [0.9, 0.8], validation: [0.5, 0.6], more: { threshold: 0.25 } }],
      {},
      1,
    );
    const store = memoryStore();
    await store.write("test/image-0/image.png", grey4(Array(16).fill(100)));
    await store.write("test/image-0/truth.png", grey4([...Array(8).fill(255), ...Array(8).fill(0)]));
    // Above 0.25 in the first row (true positives) and in the last (false positives).
    const map = Uint16Array.from({ length: 16 }, (_, i) => (i < 4 || i >= 12 ? 20000 : 16000));
    const stored = encode({ width: 4, height: 4, channels: 1, depth: 16, data: map });
    await store.write("jobs/a/fold-1/seed-1/predictions/image-0.png", stored);
    const html = await renderReport(results, { store, palette: "paper" });
    const text = textOf(html.slice(html.indexOf('data-overlay="p0-0"')));
    expect(text.replaceAll(" ", "")).toContain("a0.800fold1,seed1·mask4441of1objectfound,1extra");
    const [, overlay = ""] = /<image id="p0-0"[^>]*base64,([^"]+)"/.exec(html) ?? [];
    const { data, palette } = decode(Buffer.from(overlay, "base64"));
    const row = (y: number) => palette?.[(data[y * 2] as number) >> 4]?.slice(0, 3);
    expect([row(0), row(1), row(2), row(3)]).toEqual([
      [255, 255, 0],
      [255, 0, 0],
      [0, 0, 0],
      [0, 255, 0],
    ]);
  });

  test("shows worst, median and best, folds the other images, and leaves out a floor that calls all pixels the same", async () => {
    const results = smallResults([
      { name: "a", runs: [0.9], perImage: [0.9, 0.5, 0.7, 0.8] },
      { name: "all", kind: "baseline", runs: [0.1] },
      { name: "flat", runs: [0.2] },
    ]);
    const store = memoryStore();
    const half = grey4([...Array(8).fill(255), ...Array(8).fill(0)]);
    for (let i = 0; i < 4; i++) {
      await store.write(`test/image-${i}/truth.png`, half);
      for (const name of ["a", "all", "flat"]) {
        const map = name === "a" ? half : grey4(Array(16).fill(255));
        await store.write(`jobs/${name}/fold-0/seed-1/predictions/image-${i}.png`, map);
      }
    }
    const html = await renderReport(results, { store });
    const [shown = "", folded = ""] = html.slice(html.indexOf('id="pictures"')).split('<details class="others">');
    const ids = (markup: string) => [...markup.matchAll(/class="case"><h3>([\w-]+)/g)].map(([, id]) => id);
    expect(ids(shown)).toEqual(["image-1", "image-2", "image-0"]);
    expect(ids(folded)).toEqual(["image-3"]);
    expect(textOf(folded)).toMatch(/^1 more image, the worst first/);
    expect(textOf(shown)).toContain("all calls every pixel object, so it is not drawn.");
    expect(shown).not.toContain("Prediction of all");
    // A network is drawn, but not praised for the objects that it cannot miss.
    expect(textOf(shown)).toMatch(/flat 0\.200.*?8 8 0 ?calls every pixel object/);
    expect(textOf(shown)).toContain("1 of 1 object found, 0 extra");
  });

  test("gives the command for the network that is best on validation images, and the masks of every method", async () => {
    const results = smallResults([
      { name: "a b", runs: [0.9], validation: [0.6] },
      { name: "c", runs: [0.8], validation: [0.7] },
      { name: "blur", kind: "baseline", runs: [0.1] },
    ]);
    const html = await renderReport(results, { store: memoryStore() });
    const text = section(html, "use");
    expect(text).toContain(
      "Segment other images with c, the network that does best on validation images (Jaccard 0.700;",
    );
    expect(text).toContain("npx em-stellar predict RUN-FOLDER IMAGES --out segmented");
    expect(text).toContain("npx em-stellar predict RUN-FOLDER/jobs/a b/fold-0/seed-1 IMAGES --out segmented");
    for (const file of ["results.csv", "results.json", "suite.json", "jobs/a%20b/fold-0/seed-1/predictions/"]) {
      expect(html).toContain(`href="../${file}"`);
    }
    expect(text).toContain("a floor is no model");
  });

  test("a heading has the words of the link that leads to it", async () => {
    const { results, store } = await syntheticRun({ side: 16, folds: 2, seeds: 1, networks: ["a", "b"] });
    const html = await renderReport(results, { store });
    const links = [...html.matchAll(/<a href="#([\w-]+)">([^<]+)<\/a>(?=.*<\/nav>)/g)];
    expect(links.length).toBeGreaterThan(6);
    for (const [, id, title = ""] of links) {
      const [, heading = ""] = new RegExp(`<section id="${id}"[^>]*><h2>([^<]+)`).exec(html) ?? [];
      expect(heading.toLowerCase()).toContain(title.toLowerCase().replace(/s$/, ""));
    }
  });

  test("no style of one section reaches another", async () => {
    const { results, store } = await syntheticRun({ side: 16, folds: 2, seeds: 1, networks: ["a", "b"] });
    const html = await renderReport(results, { store });
    const [style = ""] = /(?<=<style>).*?(?=<\/style>)/s.exec(html) ?? [];
    const nested = [...style.matchAll(/^#([\w-]+) \{/gm)].map(([, id]) => id);
    expect(nested).toEqual(["warnings", "ranking", "use", "heatmap", "pictures", "cost", "cite", "glossary"]);
    // What the sheet of the page sets for all sections names no part of a single one.
    const shared = style.slice(0, style.indexOf("\n#"));
    for (const name of ["mean", "best", "scores", "heat", "case", "chip", "command", "paste", "advice"]) {
      expect(shared).not.toMatch(new RegExp(`\\.${name}\\b`));
    }
  });

  test("does without files that are missing or damaged, and says so", async () => {
    const results = smallResults(
      [
        { name: "a", runs: [0.9] },
        { name: "b", runs: [0.8] },
      ],
      {},
      2,
    );
    const store = memoryStore();
    await store.write("test/image-0/truth.png", grey4(Array(16).fill(255)));
    await store.write("jobs/a/fold-0/seed-1/predictions/image-0.png", Uint8Array.of(1, 2, 3));
    const told: string[] = [];
    const text = textOf(await renderReport(results, { store, onLost: (sentence) => told.push(sentence) }));
    expect(text).toContain("The truth of image-1 could not be read from the run folder");
    expect(text.match(/missing or damaged: see the warnings/g)).toHaveLength(3); // the raw image, and two predictions
    const lost = [
      "test/image-0/image.png is missing.",
      "jobs/a/fold-0/seed-1/predictions/image-0.png is damaged: wrong PNG signature.",
      "jobs/b/fold-0/seed-1/predictions/image-0.png is missing.",
      "test/image-1/truth.png is missing.",
    ];
    expect(told.map((sentence) => sentence.split(" Run the command")[0])).toEqual(lost);
    for (const sentence of lost) expect(text).toContain(sentence);
  });

  test("shows no picture that is not as it was recorded, is of another size, or holds more than its size", async () => {
    const results = smallResults([{ name: "a", runs: [0.9] }], {}, 1);
    const [path, truth] = ["jobs/a/fold-0/seed-1/predictions/image-0.png", "test/image-0/truth.png"];
    const problemOf = async (prediction: Uint8Array, recorded = prediction) => {
      const store = memoryStore();
      await store.write(truth, grey4(Array(16).fill(255)));
      await store.write("test/image-0/image.png", grey4(Array(16).fill(9)));
      await store.write(path, prediction);
      const files = { [path]: await hashBytes(recorded) };
      await writeSealed(store, "jobs/a/fold-0/seed-1/metrics.json", { files });
      const told: string[] = [];
      await renderReport(results, { store, onLost: (sentence) => told.push(sentence.split(" Run")[0] as string) });
      return told;
    };
    const [white, black] = [grey4(Array(16).fill(255)), grey4(Array(16).fill(0))];
    expect(await problemOf(white)).toEqual([]);
    expect(await problemOf(white, black)).toEqual([
      `${path} is damaged: its checksum is not the one that was recorded.`,
    ]);
    const wide = encode({ width: 8, height: 4, channels: 1, data: new Uint8Array(32) });
    expect(await problemOf(wide)).toEqual([`${path} is damaged: it has 8 × 4 pixels instead of 4 × 4.`]);
    const bomb = encode({ width: 4096, height: 4096, channels: 1, data: new Uint8Array(2 ** 24) });
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(16, 4);
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(20, 4);
    expect(await problemOf(bomb)).toEqual([`${path} is damaged: it holds more than 4 × 4 pixels.`]);
    const flipped = white.map((byte, i) => (i === white.length - 14 ? byte ^ 1 : byte));
    expect(await problemOf(flipped)).toHaveLength(1);
  });

  test("warns of a network whose pictures are all background", async () => {
    const results = smallResults(
      [
        { name: "a", runs: [0] },
        { name: "b", runs: [0.8] },
      ],
      {},
      1,
    );
    const store = memoryStore();
    await store.write("test/image-0/truth.png", grey4(Array(16).fill(255)));
    await store.write("jobs/a/fold-0/seed-1/predictions/image-0.png", grey4(Array(16).fill(0)));
    const text = textOf(await renderReport(results, { store }));
    expect(text).toContain("a calls every pixel of every picture below background.");
  });

  test("a run without methods, images or metrics still makes a page", async () => {
    const text = textOf(await renderReport(smallResults([], {}, 0), { store: memoryStore() }));
    expect(text).toContain("no network came to a score by Jaccard");
  });

  test("20 methods × 50 images stay under 5 MB, and the page says what it left out", async () => {
    const small = await syntheticRun({
      side: 16,
      images: 50,
      folds: 2,
      seeds: 1,
      networks: Array.from({ length: 17 }, (_, i) => `network-${i}`),
      ensembles: 1,
      baselines: ["smoothed-threshold", "otsu"],
    });
    const { data } = small.results;
    const testImages = data.testImages.map((image) => ({ ...image, width: 512, height: 512 }));
    const results = { ...small.results, data: { ...data, testImages } };
    const html = await renderReport(results, { store: noisyStore(512) });
    expect(html.length).toBeGreaterThan(2_000_000); // the pictures are there
    expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
    const text = textOf(html.replace(/href="data:[^"]*"/g, ""));
    expect(text).toMatch(
      /\d+ of 50 test images are here \(worst, median and best, then the next worst\), so that this page stays small/,
    );
  });

  test("gives the methods paragraph and BibTeX with the publications it is told of", async () => {
    const { results, store } = await syntheticRun({
      side: 16,
      folds: 2,
      seeds: 2,
      networks: ["unet", "unet-bn"],
      troubles: false,
    });
    const citation = (kind: string, id: string) =>
      kind === "network" && id === "unet" ? "Ronneberger et al. (2015), arXiv:1505.04597" : undefined;
    const text = section(await renderReport(results, { store, citation }), "cite");
    expect(text).toContain(
      "2 segmentation networks (unet-bn, unet) were benchmarked with EM-stellar 0.1.0 on 8 training images and 4 held-out test images",
    );
    expect(text).toContain(
      "Each training took 480 steps of 4 patches of 96 × 96 pixels with the optimizer radam (learningRate 0.005, warmup 0.1) on the loss jaccard-log.",
    );
    const lengthOf = async (training: Record<string, unknown>) => {
      const changed = { ...results, training: { ...results.training, ...training } };
      return /Each training took (.*) of 4 patches/.exec(section(await renderReport(changed, { store }), "cite"))?.[1];
    };
    expect(await lengthOf({ earlyStopping: { patience: 5, by: "loss", minChange: 0 } })).toBe("at most 480 steps");
    expect(await lengthOf({ steps: null, minutes: 30 })).toBe("30 minutes");
    expect(text).toContain("@misc{network-unet, note = {Ronneberger et al. (2015), arXiv:1505.04597} }");
    expect(text).toContain("doi = {10.1093/bioinformatics/btaa1094}");
  });
});

/** The text of one section of a page. */
function section(html: string, id: string): string {
  const from = html.indexOf(`<section id="${id}"`);
  return textOf(html.slice(from, html.indexOf("</section>", from)));
}

/** A store that holds incompressible pictures under every path: the worst case for the size of a page. */
function noisyStore(side: number): RunStore {
  let state = 1;
  const noise = (length: number) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
  const image = encode({ width: side, height: side, channels: 1, data: noise(side * side) });
  // Blocks of 8 pixels: as ragged as a poor prediction is.
  const blocks = noise((side / 8) ** 2);
  const mask = encode({
    width: side,
    height: side,
    channels: 1,
    data: Uint8Array.from({ length: side * side }, (_, i) =>
      (blocks[(Math.floor(i / side) >> 3) * (side / 8) + ((i % side) >> 3)] as number) > 127 ? 255 : 0,
    ),
  });
  return { ...memoryStore(), read: async (path) => (path.endsWith("image.png") ? image : mask) };
}
