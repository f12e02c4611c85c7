import { InputError } from "@em-stellar/core";
import type { ImageSet } from "@em-stellar/data";
import { describe, expect, it } from "vitest";
import { pairWithTruth } from "../src/pairing.js";

function set(name: string, ids: readonly string[], { width = 4, height = 3, isStack = false } = {}): ImageSet {
  const images = ids.map((id) => {
    const file = isStack ? `${name}.tif (page ${id})` : `${name}/${id}.png`;
    return { id, place: { file, name: file, width, height, page: 0 } };
  });
  return { name, path: name, isStack, images };
}
const truth = set("truth", ["a", "b", "c"]);
const pair = (sets: readonly ImageSet[], how: "auto" | "name" | "order" = "auto", of = truth) =>
  pairWithTruth(of, sets, how, "prediction");
const filesOf = (sets: ReturnType<typeof pair>) => sets.map(({ places }) => places.map(({ name }) => name));

describe("predictions find their truth", () => {
  it("by name, in the truth's order, where all names agree", () => {
    const [vgg] = pair([set("vgg", ["c", "a", "b"])]);
    expect([vgg?.pairedBy, filesOf([vgg as NonNullable<typeof vgg>])]).toEqual([
      "name",
      [["vgg/a.png", "vgg/b.png", "vgg/c.png"]],
    ]);
  });

  it("by order where no name agrees, where one of the two is a stack, or where that is asked for", () => {
    const [unet] = pair([set("unet", ["p1", "p2", "p3"])]);
    expect([unet?.pairedBy, unet?.places[2]?.name]).toEqual(["order", "unet/p3.png"]);
    const [weka] = pair([set("weka", ["1", "2", "3"], { isStack: true })]);
    expect(weka?.pairedBy).toBe("order");
    expect(pair([set("vgg", ["a", "b", "c"])], "auto", set("t", ["a", "b", "c"], { isStack: true }))[0]?.pairedBy).toBe(
      "order",
    );
    expect(filesOf(pair([set("vgg", ["c", "a", "b"])], "order"))).toEqual([["vgg/c.png", "vgg/a.png", "vgg/b.png"]]);
  });

  it("by name without the endings of masks, whatever Unicode form a disk keeps, and by words in another order", () => {
    const names = (of: readonly string[], ids: readonly string[]) =>
      pair([set("vgg", ids)], "auto", set("truth", of))[0]?.places.map(({ name }) => name);
    expect(names(["a", "b"], ["b_mask", "a_mask"])).toEqual(["vgg/a_mask.png", "vgg/b_mask.png"]);
    expect(names(["Zürich".normalize("NFC"), "Bern"], ["Bern", "Zürich".normalize("NFD")])?.[1]).toBe("vgg/Bern.png");
    expect(names(["left_1", "right_1"], ["1_right", "1_left"])).toEqual(["vgg/1_left.png", "vgg/1_right.png"]);
  });

  it("not by an order that the numbers in the names contradict, unless that is asked for", () => {
    const numbered = set("truth", ["img_1", "img_2", "img_10"]);
    const swapped = set("vgg", ["res_a1", "res_a10", "res_b2"]);
    expect(() => pair([swapped], "auto", numbered)).toThrow(
      /res_a10 would belong to img_2, and res_b2 would fit it by its number\. .*`pair: order` \(img_1 with res_a1, img_2 with res_a10/,
    );
    expect(pair([swapped], "order", numbered)[0]?.pairedBy).toBe("order");
  });

  it("each method in its own way", () => {
    const ways = pair([set("vgg", ["a", "b", "c"]), set("unet", ["x", "y", "z"])]).map(({ pairedBy }) => pairedBy);
    expect(ways).toEqual(["name", "order"]);
  });
});

describe("predictions that do not fit are refused, with what would", () => {
  it.each([
    [
      "too few",
      [set("vgg", ["a", "c"])],
      /"vgg": 2 images in vgg, but 3 images of truth in truth\. Without a prediction: b\. There/,
    ],
    [
      "too many",
      [set("vgg", ["a", "b", "c", "d"])],
      /"vgg": 4 images in vgg, .* Without a truth: d\. There must be one/,
    ],
    [
      "too few and others",
      [set("vgg", ["a", "d"])],
      /"vgg": 2 images .* Without a prediction: b, c\. Without a truth: d\. There must be one/,
    ],
    [
      "too few by other names, told apart by numbers",
      [set("vgg", ["res_1", "res_3", "res_4"])],
      /"vgg": 3 images .* By the numbers in their names, img_2 of the truth has no prediction\. There/,
      ["img_1", "img_2", "img_3", "img_4"],
    ],
    [
      "too few by names without anything in common",
      [set("vgg", ["x", "y"])],
      /"vgg": 2 images .* No names agree: the truth has a, b, c, and this method has x, y\. There/,
    ],
    [
      "too few pages",
      [set("weka", ["1", "2"], { isStack: true })],
      /"weka": 2 pages in weka, but 3 images of truth in truth\. There must be one prediction for each/,
    ],
    [
      "names that agree in part",
      [set("vgg", ["a", "b", "d"])],
      /"vgg": only some names agree\. Without a prediction: c; without a truth: d\. Rename them to agree, or pair by order with `pair: order`/,
    ],
    [
      "other sizes",
      [set("vgg", ["a", "b", "c"], { width: 5 })],
      /"vgg": vgg\/a\.png is 5 × 3, but its truth truth\/a\.png is 4 × 3 pixels \(width × height\)\. 3 of 3 images differ like this\. They must match pixel for pixel/,
    ],
  ] as const)("%s", (_, sets, message, of: readonly string[] = ["a", "b", "c"]) => {
    expect(() => pair(sets, "auto", set("truth", of))).toThrow(InputError);
    expect(() => pair(sets, "auto", set("truth", of))).toThrow(message);
  });

  it("by name, where that was asked for and is not possible", () => {
    expect(() => pair([set("vgg", ["p1", "p2", "p3"])], "name")).toThrow(/no prediction is named a, b, c/);
    expect(() => pair([set("weka", ["1", "2", "3"], { isStack: true })], "name")).toThrow(
      /the pages of a stack have no names/,
    );
  });

  it("all of them in one message", () => {
    const wrong = [set("vgg", ["a"]), set("good", ["a", "b", "c"]), set("unet", ["a", "b", "c"], { height: 9 })];
    expect(() => pair(wrong)).toThrow(
      /^Nothing was evaluated\.\n {2}"vgg": 1 image in .*\n {2}"unet": unet\/a\.png is 4 × 9/,
    );
  });
});
