import {
  type BlockPairs,
  createRandom,
  type FeatureBlock,
  type Features,
  featuresSchema,
  memoryStore,
} from "@em-stellar/core";
import { featuresSentence, renderFeatures } from "@em-stellar/report";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { outline, sharesOf } from "../src/features/histogram-shape.js";
import { heatColours } from "../src/heatmap.js";
import { textOf } from "./small-results.js";

const block = (name: string, place: FeatureBlock["place"], given: Partial<FeatureBlock> = {}): FeatureBlock => ({
  name,
  place,
  reduction: 1,
  layers: [{ name: `${name} conv`, channels: 2 }],
  channels: 2,
  dead: 0,
  constantMaps: 0,
  twins: 1,
  ...given,
});
const pairs = (a: number, b: number, meanAbs: number | null, histogram: number[]): BlockPairs => ({
  blocks: [a, b],
  pairs: histogram.reduce((sum, bin) => sum + bin, 0),
  meanAbs,
  above: 0,
  histogram,
});
/** Two blocks of two channels on one image, with a mean |r| for the network. */
const model = (name: string, meanAbs: number | null, given: Partial<Features["models"][number]> = {}) => ({
  name,
  path: `jobs/${name}`,
  network: "unet",
  step: 400,
  seconds: 2.5,
  channels: 4,
  maps: 4,
  blocks: [block("encoder 1/1", "encoder"), block("bottleneck", "bottleneck", { dead: 1, reduction: 2 })],
  pairs: [pairs(0, 0, 0.5, [0, 0, 0, 1]), pairs(0, 1, 0.2, [1, 1, 0, 2]), pairs(1, 1, null, [0, 0, 0, 0])],
  redundancy: { meanAbs, above: 0.25, twins: 0.5 },
  sheets: ["encoder", "bottleneck"].map((part) => ({
    path: `pictures/${name}/${part}.png`,
    columns: 2,
    channels: [0, 1],
  })),
  ...given,
});
const features = (models: Features["models"], given: Partial<Features> = {}): Features =>
  featuresSchema.parse({
    schemaVersion: 1,
    kind: "features",
    finished: "2026-03-01T14:05:09.000Z",
    images: [{ name: "A0004", width: 64, height: 64, grid: { width: 32, height: 32 } }],
    picture: "pictures/image.png",
    hash: "00ff",
    threshold: 0.9,
    bins: 4,
    models,
    environment: { backend: "wasm", command: "npx em-stellar features a b" },
    warnings: [],
    ...given,
  } satisfies Features);
/** A picture that takes about as many bytes as it has pixels. */
function noisy(side: number): Uint8Array {
  const random = createRandom("noise");
  const data = Uint8Array.from({ length: side ** 2 }, () => random.integer(256));
  return encode({ width: side, height: side, channels: 1, data }, { zlib: { level: 0 } });
}

const page = (given: Features) => renderFeatures(given, { store: memoryStore() });
const two = features([model("unet", 0.334), model("em-net", 0.212)]);

describe("the sentence", () => {
  test("of one network says how much of it is repeated", () => {
    expect(featuresSentence(features([model("unet", 0.3339)]))).toBe(
      "Two feature maps of unet correlate with a mean |r| of 0.334 on 1 image, and 50.0 % of its maps have a twin (|r| > 0.9).",
    );
  });

  test("of several names the least redundant first and the most last, whatever their order", () => {
    expect(featuresSentence(two)).toBe(
      "em-net repeats itself least: its feature maps correlate with a mean |r| of 0.212 on 1 image, and 50.0 % of its maps have a twin (|r| > 0.9). unet repeats itself most: 0.334, and 50.0 %.",
    );
    expect(featuresSentence(features([model("a", 0.3), model("b", 0.1), model("c", 0.2)]))).toContain(
      "a repeats itself most (with 1 other in between): 0.300",
    );
  });

  test("claims no difference that the digits do not show, and nothing where nothing varies", () => {
    expect(featuresSentence(features([model("a", 0.3001), model("b", 0.3002)]))).toBe(
      "The networks repeat themselves equally: their feature maps correlate with a mean |r| of 0.300 on 1 image.",
    );
    const dead = model("a", null, { redundancy: { meanAbs: null, above: null, twins: null } });
    expect(featuresSentence(features([dead]))).toMatch(/^No network has two feature maps that vary/);
  });
});

describe("the shape of a histogram", () => {
  test("shares are of all pairs, with bins put together", () => {
    expect(sharesOf(pairs(0, 0, 0, [1, 1, 0, 2]), 2)).toEqual([0.5, 0.5]);
    expect(sharesOf(pairs(0, 0, 0, [1, 1, 0]), 2)).toEqual([1, 0]);
    expect(sharesOf(pairs(0, 0, null, [0, 0]), 1)).toEqual([0, 0]);
  });

  test("the outline goes through the middles of bins, the fullest at the top", () => {
    const box = { left: 0, right: 100, bottom: 50, top: 10 };
    expect(outline([0.25, 0.5], 0.5, box)).toBe("M0.0,50.0L25.0,30.0L75.0,10.0L100.0,50.0");
  });
});

describe("the page", () => {
  test("holds every section, its own addresses only, and each id once", async () => {
    const html = await page(two);
    for (const id of ["redundancy", "blocks", "between", "run"]) {
      expect(html).toContain(`<section id="${id}"`);
      expect(html).toContain(`<a href="#${id}"`);
    }
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? "");
    expect(addresses.filter((address) => !/^(#|data:image\/png;base64,|\.\.\/features\.json$)/.test(address))).toEqual(
      [],
    );
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(textOf(html.replace(/<(style|script)>.*?<\/\1>/gs, ""))).not.toMatch(/undefined|NaN|\[object|null/);
    expect(html).not.toMatch(/="[^"]*(undefined|NaN)[^"]*"/);
    expect(textOf(html)).toContain(
      "Made by EM-stellar from features.json; every number and sentence on this page follows from it.",
    );
    expect(textOf(html)).toContain("npx em-stellar features a b");
  });

  test("orders networks by redundancy, with bars as long as their values", async () => {
    const html = await page(two);
    const rows = [
      ...html.matchAll(/<tr><th scope="row">([\w-]+)<\/th><td>([\d.]+)<span class="meter"><i style="width:([\d.]+)%"/g),
    ];
    expect(rows.map(([, ...cells]) => cells)).toEqual([
      ["em-net", "0.212", "21.2"],
      ["unet", "0.334", "33.4"],
    ]);
    expect(html).toContain("<td>1<small>25.0 %</small></td>"); // dead channels and their share
  });

  test("colours cells above the diagonal by one scale for all networks, and says where there is no pair", async () => {
    const brighter = model("em-net", 0.2, {
      pairs: [pairs(0, 0, 0.9, [0, 0, 0, 1]), pairs(0, 1, 0.4, [1, 1, 0, 2]), pairs(1, 1, null, [0, 0, 0, 0])],
    });
    const html = await page(features([model("unet", 0.3), brighter]));
    // The most between two blocks is 0.4: 0.2 is half way, whatever stands on the diagonal.
    for (const normalized of [0.5, 1]) expect(html).toContain(`fill="${heatColours(normalized).fill}"`);
    expect(html).toContain("encoder 1/1 with bottleneck: mean |r| 0.400, 4 pairs");
    expect(html.match(/within bottleneck: no pair/g)).toHaveLength(2);
    expect(textOf(html)).toContain("mean |r| 00.4");
  });

  test("puts a block that only one network has beside those that both have", async () => {
    const deeper = model("deep", 0.2, {
      blocks: [block("encoder 1/2", "encoder", { reduction: 2 }), block("bottleneck", "bottleneck")],
    });
    const html = await page(features([model("unet", 0.3), deeper]));
    const panels = [...html.matchAll(/<div class="panel"><h3>([^<]*)<\/h3>(.*?)<\/div>/gs)];
    expect(panels.map(([, name]) => name)).toEqual(["encoder 1/1", "encoder 1/2", "bottleneck"]);
    expect(panels.map(([, , svg]) => svg?.match(/<path /g)?.length ?? 0)).toEqual([1, 1, 0]);
    expect(panels[2]?.[2]).toContain("no pair");
  });

  test("shows pictures that are there, says so where one is missing, and leaves networks out beyond its size", async () => {
    const store = memoryStore();
    const png = encode({ width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 80, 160, 255) });
    await store.write("pictures/image.png", png);
    await store.write("pictures/unet/encoder.png", png);
    await store.write("pictures/em-net/encoder.png", noisy(2400));
    const told: string[] = [];
    const html = await renderFeatures(two, { store, onLost: (sentence) => told.push(sentence) });
    expect(html.match(/<img /g)).toHaveLength(2);
    expect(html).toContain('alt="Channels 0, 1 of encoder 1/1"');
    const lost = ["unet", "em-net"].map((name) => `pictures/${name}/bottleneck.png is missing.`);
    expect(told.map((sentence) => sentence.split(" Run the command")[0])).toEqual(lost);
    expect(html).toContain(lost[0]);
    expect(textOf(html)).toContain("To keep this page small, em-net is left out");
    expect(html.length).toBeLessThan(5_000_000);
  });

  test("takes names as text, and shows warnings", async () => {
    const warnings = [{ code: "dead-channels", message: "9 of 10 channels are <dead>." }];
    const html = await page(features([model("<b>x</b>", 0.3)], { warnings }));
    expect(html).not.toContain("<b>x</b><");
    expect(html).toContain("&lt;b&gt;x&lt;/b&gt;");
    expect(textOf(html)).toContain("1 warning");
    expect(html).toContain("9 of 10 channels are &lt;dead&gt;.");
  });
});
