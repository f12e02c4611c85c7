import { binarize, InputError } from "@em-stellar/core";
import {
  decideValues,
  type OptionSpelling,
  plainValues,
  readValues,
  type StoredValues,
  storedValues,
  takeCensus,
  type ValueOptions,
  type ValueSet,
} from "@em-stellar/data";
import { describe, expect, it } from "vitest";

const nothing = plainValues;
const spell = (flag: string): OptionSpelling => ({
  labels: (values) => `${flag}labels ${values === "nonzero" ? values : values.join(",")}`,
  white: (value) => (value === "full" ? undefined : `${flag}white ${value}`),
  polarity: (value) => `${flag}polarity ${value}`,
  ignore: (value) => `${flag}ignore ${value}`,
});
const truth: ValueSet = { what: "The truth (masks)", role: "truth", spell: spell("--truth-") };
const vgg: ValueSet = { what: '"vgg" (predictions/vgg)', role: "prediction", spell: spell("--") };

type Data = Uint8Array | Uint16Array | Float32Array;
const grey = (data: Data, fullRange: number) =>
  storedValues({ width: data.length, height: 1, channels: 1, data, fullRange }, "image");
const u8 = (...values: number[]) => grey(Uint8Array.from(values), 255);
const u16 = (...values: number[]) => grey(Uint16Array.from(values), 65535);
const f32 = (...values: number[]) => grey(Float32Array.from(values), 1);
const oneBit = (...values: number[]) => grey(Uint8Array.from(values), 1);

const ofType = (white: number) => ({ turned: false, object: { white }, ignore: null });

/** The probabilities of a stack's images. */
function probabilitiesOf(
  stack: readonly StoredValues[],
  options: Partial<ValueOptions> = nothing,
  set = vgg,
): number[][] {
  const { readings } = decideValues(
    stack.map((image, i) => takeCensus("abc"[i] as string, image)),
    { ...nothing, ...options },
    set,
  );
  return stack.map((image, i) => {
    const { data, maximum } = readValues(image, readings[i] as (typeof readings)[0], "image");
    return [...data].map((value) => value / maximum);
  });
}

describe("what stored numbers of predictions mean", () => {
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
      [u8(0, 1), u8(0, 2), u8(255, 51)],
      [
        [0, 1 / 255],
        [0, 2 / 255],
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
    expect(probabilitiesOf([u8(0, 1, 2, 3)], { labels: [1, 3] })).toEqual([[0, 1, 0, 1]]);
    expect(probabilitiesOf([f32(0, 40000, 2.5)], { labels: [40000] })).toEqual([[0, 1, 0]]);
  });

  it("with a white, everything is divided by that", () => {
    expect(probabilitiesOf([u16(0, 4095), u16(819, 0)], { white: 4095 })).toEqual([
      [0, 1],
      [0.2, 0],
    ]);
    expect(probabilitiesOf([f32(0, 51)], { white: 255 })).toEqual([[0, 0.2]]);
    expect(probabilitiesOf([u8(0, 1)], { white: 255 })).toEqual([[0, 1 / 255]]);
  });

  it("exactly half of the range is background, one step more is object", () => {
    expect([...binarize(readValues(u8(127, 128), ofType(255), "a"))]).toEqual([0, 1]);
    expect([...binarize(readValues(u16(32767, 32768), ofType(65535), "a"))]).toEqual([0, 1]);
  });

  it("palettes of greys are greys; an RGB picture without colour is grey", () => {
    const ramp = Array.from({ length: 256 }, (_, i) => [i, i, i] as const);
    const image = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 200), fullRange: 255 };
    expect(storedValues({ ...image, palette: ramp }, "p").numbers).toBe("greys");
    const rgb = { width: 2, height: 1, channels: 3, data: Uint8Array.of(9, 9, 9, 200, 200, 200), fullRange: 255 };
    expect([...storedValues(rgb, "rgb").data]).toEqual([9, 200]);
  });
});

describe("what could be misread is refused, with the option that helps", () => {
  const palette = [0, 1, 2].map((i) => [i * 90, 0, 0] as const);
  const coloured = storedValues(
    { width: 3, height: 1, channels: 1, data: Uint8Array.of(0, 1, 2), fullRange: 255, palette },
    "p",
  );
  it.each([
    [
      "12 bits in 16",
      [u16(0, 4000)],
      nothing,
      vgg,
      /"vgg" \(predictions\/vgg\): a holds 16-bit greys up to 4000 only.*--white 4095/,
    ],
    ["8 bits in 16", [u16(0, 100, 255)], nothing, vgg, /up to 255 only, of 65535.*--white 255\. .*--white 65535/],
    ["labels 1 and 2", [u8(1, 2)], nothing, vgg, /8-bit greys up to 2 only.*--labels 2/],
    [
      "a truth of labels",
      [u8(0, 37, 12, 9)],
      nothing,
      truth,
      /0, 9, 12, 37.*--truth-labels 37.*--truth-labels nonzero/,
    ],
    ["a dark 16-bit truth", [u16(0, 4095, 900)], nothing, truth, /0, 900, 4095.*--truth-labels nonzero/],
    [
      "floats to 254",
      [f32(0, 254, 3.5)],
      nothing,
      vgg,
      /from 0 to 254, but probabilities lie between 0 and 1.*--white 255/,
    ],
    ["scores", [f32(-7.25, 9.125)], nothing, vgg, /from -7\.25 to 9\.125.*before the last activation.*sigmoid/],
    [
      "a palette of several indices",
      [coloured],
      nothing,
      truth,
      /holds the values 0, 1, 2.*--truth-labels 2.*--truth-labels nonzero/,
    ],
    [
      "values above the white",
      [u16(0, 5000)],
      { white: 4095 },
      vgg,
      /from 0 to 5000, but --white 4095 says .* --white 5000/,
    ],
  ])("%s", (_, stack, options, set, message) => {
    expect(() => probabilitiesOf(stack, options, set)).toThrow(InputError);
    expect(() => probabilitiesOf(stack, options, set)).toThrow(message);
  });

  const square = (values: readonly number[], fullRange = 255) =>
    storedValues(
      {
        width: 6,
        height: 3,
        channels: 1,
        data: (fullRange > 255 ? Uint16Array : Uint8Array).from(values),
        fullRange,
      },
      "image",
    );
  const halves = (left: number, right: number) =>
    square(Array.from({ length: 18 }, (_, i) => (i % 6 < 3 ? left : right)));
  const warningsOf = (stack: readonly StoredValues[], set: ValueSet, options = nothing) =>
    decideValues(
      stack.map((image, i) => takeCensus("abcd"[i] as string, image)),
      options,
      set,
    ).warnings.map(({ code, message }) => [code, message]);

  it("two classes numbered 1 and 2 among masks of 0 and 255", () => {
    expect(() => probabilitiesOf([halves(0, 255), halves(1, 2)])).toThrow(/b holds 1, 2, which look like.*--labels 2/);
  });

  it("nothing but 1 among greys: a mask throughout, or next to nothing", () => {
    expect(() => probabilitiesOf([u8(0, 100, 200), halves(1, 1)])).toThrow(/b holds nothing but 1, and a greys up to/);
    expect(probabilitiesOf([halves(0, 1), halves(1, 1)])[1]?.[0]).toBe(1);
  });

  it("a map on another scale than the others is warned of, a dark one is not", () => {
    const ramp = (top: number, fullRange: number) =>
      square(
        Array.from({ length: 18 }, (_, i) => Math.round((i * top) / 17)),
        fullRange,
      );
    expect(warningsOf([ramp(65000, 65535), ramp(254, 65535)], vgg)).toEqual([
      ["map-on-another-scale", expect.stringMatching(/b has greys up to 254 only, of 65535.* If 255 stands for/)],
    ]);
    expect(warningsOf([ramp(250, 255), ramp(99, 255)], vgg)).toEqual([
      ["map-on-another-scale", expect.stringMatching(/b has greys up to 99 only, of 255.* If 100 stands for/)],
    ]);
    expect(warningsOf([ramp(4000, 65535), ramp(255, 65535)], vgg, { ...nothing, white: 4095 })).toHaveLength(1);
    expect(warningsOf([ramp(250, 255), ramp(40, 255)], vgg)).toEqual([]);
  });

  it("maps that all stay below half are warned of, for they may be on another scale", () => {
    const ramp = (top: number, fullRange: number) =>
      square(
        Array.from({ length: 18 }, (_, i) => Math.round((i * top) / 17)),
        fullRange,
      );
    const percent = warningsOf([ramp(80, 255), ramp(91, 255)], vgg);
    expect(percent).toEqual([
      [
        "map-on-another-scale",
        expect.stringMatching(/no map has a pixel above half \(b has the brightest, 91 of 255\)/),
      ],
    ]);
    expect(percent[0]?.[1]).toContain("If 100 stands for probability 1, use --white 100.");
    expect(warningsOf([ramp(15000, 65535)], vgg)[0]?.[1]).toContain(
      "If 16383 stands for probability 1, use --white 16383.",
    );
    expect(warningsOf([ramp(91, 255), ramp(128, 255)], vgg)).toEqual([]);
    expect(warningsOf([ramp(91, 255)], vgg, { ...nothing, white: 255 })).toEqual([]);
    expect(warningsOf([ramp(91, 255)], vgg, { ...nothing, white: 100 })).toEqual([]);
  });

  it("a mask that is object in every pixel is warned of", () => {
    expect(warningsOf([halves(0, 255), halves(255, 0), halves(1, 1)], truth)).toEqual([
      ["mask-filled", expect.stringMatching(/c holds nothing but 1, so every pixel/)],
    ]);
    expect(warningsOf([halves(0, 255), halves(0, 0)], truth)).toEqual([]);
  });

  it("a mask painted with the ignored value alone is warned of: it may be another encoding", () => {
    const ignoring = { ...nothing, ignore: 255 };
    expect(warningsOf([halves(0, 1), halves(0, 255)], truth, ignoring)).toEqual([
      ["mask-left-out", expect.stringMatching(/in b every object pixel has the value 255, which is left out/)],
    ]);
    expect(warningsOf([halves(0, 1), u8(0, 1, 255), halves(0, 0)], truth, ignoring)).toEqual([]);
  });

  it("pictures in colours", () => {
    const data = Uint8Array.of(0, 0, 0, 255, 0, 10);
    const overlay = storedValues({ width: 1, height: 2, channels: 3, data, fullRange: 255 }, "overlay.png");
    expect(() => probabilitiesOf([overlay])).toThrow(
      /a is a picture in colours \(#000000, #ff000a\)\. .*without overlay/,
    );
  });
});
