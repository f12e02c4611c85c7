import { binarize, InputError } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import {
  decideScale,
  greyValues,
  joinRanges,
  rangeOf,
  toMap,
  type ValueOptions,
  type ValueRange,
} from "../src/grey-values.js";

const nothing: ValueOptions = { labels: null, white: null };
const truth = { what: "The truth (masks)", isTruth: true };
const vgg = { what: '"vgg" (predictions/vgg)', isTruth: false };

type Data = Uint8Array | Uint16Array | Float32Array;
const grey = (data: Data, fullRange: number) =>
  greyValues({ width: data.length, height: 1, channels: 1, data, fullRange }, "image");
const u8 = (...values: number[]) => grey(Uint8Array.from(values), 255);
const u16 = (...values: number[]) => grey(Uint16Array.from(values), 65535);
const f32 = (...values: number[]) => grey(Float32Array.from(values), 1);
const oneBit = (...values: number[]) => grey(Uint8Array.from(values), 1);

/** The probabilities of a stack's images, read with the scale that the stack decides. */
function probabilitiesOf(stack: readonly ReturnType<typeof u8>[], options = nothing, set = vgg): number[][] {
  const range = stack
    .map(rangeOf)
    .reduce<ValueRange | undefined>((all, next) => joinRanges(all, next, "b", "a"), undefined);
  const scale = decideScale(range as ValueRange, options, set);
  return stack.map((image) => {
    const { data, maximum } = toMap(image, scale);
    return [...data].map((value) => value / maximum);
  });
}

describe("what stored numbers mean, once for all images of a stack", () => {
  it.each([
    [
      "0 and 1 are a mask",
      [u8(0, 1), u8(0, 0)],
      [
        [0, 1],
        [0, 0],
      ],
    ],
    [
      "8 bits are divided by 255 as soon as any image goes beyond 1",
      [u8(0, 1), u8(255, 51)],
      [
        [0, 1 / 255],
        [1, 0.2],
      ],
    ],
    [
      "16 bits are divided by 65535",
      [u16(0, 65535), u16(13107, 1)],
      [
        [0, 1],
        [0.2, 1 / 65535],
      ],
    ],
    [
      "a white pixel of 1 bit equals one of 8 bits",
      [oneBit(0, 1), u8(0, 255)],
      [
        [0, 1],
        [0, 1],
      ],
    ],
    [
      "floats from 0 to 1 are probabilities",
      [f32(0, 0.25), f32(1, 0.5)],
      [
        [0, 0.25],
        [1, 0.5],
      ],
    ],
    ["floats that miss 0 and 1 by rounding are cut off", [f32(-1e-7, 1 + 5e-7)], [[0, 1]]],
    ["nothing but 0 stays 0", [u16(0, 0)], [[0, 0]]],
    ["a constant map is no scale of its own", [u8(51, 51)], [[0.2, 0.2]]],
    ["however dark it is", [u8(2, 2)], [[2 / 255, 2 / 255]]],
  ])("%s", (_, stack, expected) => {
    expect(probabilitiesOf(stack)).toEqual(expected);
  });

  it("with labels, those are object and all others are not", () => {
    expect(probabilitiesOf([u8(0, 1, 2, 3)], { labels: [1, 3], white: null })).toEqual([[0, 1, 0, 1]]);
    expect(probabilitiesOf([f32(0, 40000, 2.5)], { labels: [40000], white: null })).toEqual([[0, 1, 0]]);
  });

  it("with a white, everything is divided by that", () => {
    expect(probabilitiesOf([u16(0, 4095), u16(819, 0)], { labels: null, white: 4095 })).toEqual([
      [0, 1],
      [0.2, 0],
    ]);
    expect(probabilitiesOf([f32(0, 51)], { labels: null, white: 255 })).toEqual([[0, 0.2]]);
    expect(probabilitiesOf([u8(0, 1)], { labels: null, white: 255 })).toEqual([[0, 1 / 255]]);
  });

  it("exactly half of the range is background, one step more is object", () => {
    expect([...binarize(toMap(u8(127, 128), { white: null }))]).toEqual([0, 1]);
    expect([...binarize(toMap(u16(32767, 32768), { white: null }))]).toEqual([0, 1]);
  });

  it("palettes of greys are greys; an RGB picture without colour is grey", () => {
    const ramp = Array.from({ length: 256 }, (_, i) => [i, i, i] as const);
    const image = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 200), fullRange: 255 };
    expect(greyValues({ ...image, palette: ramp }, "p").numbers).toBe("greys");
    const rgb = { width: 2, height: 1, channels: 3, data: Uint8Array.of(9, 9, 9, 200, 200, 200), fullRange: 255 };
    expect([...greyValues(rgb, "rgb").data]).toEqual([9, 200]);
  });
});

describe("what could be misread is refused, with the option that helps", () => {
  const palette = [0, 1, 2].map((i) => [i * 90, 0, 0] as const);
  const coloured = greyValues(
    { width: 3, height: 1, channels: 1, data: Uint8Array.of(0, 1, 2), fullRange: 255, palette },
    "p",
  );
  it.each([
    [
      "12 bits in 16",
      [u16(0, 4000)],
      nothing,
      vgg,
      /"vgg" \(predictions\/vgg\) holds 16-bit greys up to 4000 only.*--white 4095/,
    ],
    [
      "8 bits in 16",
      [u16(0, 255)],
      nothing,
      vgg,
      /up to 255 only, less than a sixteenth of 65535.*--white 255\. .*--white 65535/,
    ],
    ["labels 1 and 2", [u8(1, 2)], nothing, vgg, /8-bit greys up to 2 only.*--labels 2/],
    [
      "a truth of labels",
      [u8(0, 37)],
      nothing,
      truth,
      /so that no pixel would be object.*--truth-labels 1-37.*--truth-white 255/,
    ],
    ["a dark 16-bit truth", [u16(0, 4095)], nothing, truth, /less than half of 65535.*--truth-white 4095/],
    ["floats to 255", [f32(0, 255)], nothing, vgg, /from 0 to 255, but probabilities lie between 0 and 1.*--white 255/],
    ["scores", [f32(-7.25, 9.125)], nothing, vgg, /from -7\.25 to 9\.125.*before the last activation.*sigmoid/],
    [
      "a palette of several indices",
      [coloured],
      nothing,
      truth,
      /indices of a colour table up to 2.*--truth-labels 1.*--truth-white 255/,
    ],
    [
      "values above the white",
      [u16(0, 5000)],
      { labels: null, white: 4095 },
      vgg,
      /from 0 to 5000, but --white 4095 says .* --white 5000/,
    ],
  ])("%s", (_, stack, options, set, message) => {
    expect(() => probabilitiesOf(stack, options, set)).toThrow(InputError);
    expect(() => probabilitiesOf(stack, options, set)).toThrow(message);
  });

  it("images of several formats in one set", () => {
    expect(() => probabilitiesOf([u8(0, 255), u16(0, 65535)])).toThrow(
      /^b holds 16-bit greys, but a 8-bit greys\. .*one format/,
    );
    expect(() => probabilitiesOf([u8(0, 255), f32(0, 1)])).toThrow(/b holds floating-point or signed numbers/);
  });

  it("pictures in colours, with the first pixel that has one", () => {
    const data = Uint8Array.of(0, 0, 0, 255, 0, 10);
    expect(() => greyValues({ width: 1, height: 2, channels: 3, data, fullRange: 255 }, "overlay.png")).toThrow(
      /^overlay\.png is a picture in colours \(255, 0, 10 at x = 0, y = 1\)\. .*without overlay/,
    );
  });
});
