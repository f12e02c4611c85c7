import { binarize, InputError } from "@em-stellar/core";
import {
  type DecodedImage,
  decideMasks,
  decideValues,
  type MaskRule,
  plainValues,
  readMask,
  readValues,
  type Shown,
  storedValues,
  takeCensus,
  type ValueOptions,
  type ValueSet,
} from "@em-stellar/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const side = 24;
/** Discs of the object: [x, y, radius] each. */
type Discs = readonly (readonly [x: number, y: number, radius: number])[];
const inDisc = (discs: Discs, i: number) =>
  discs.findIndex(([x, y, r]) => ((i % side) - x) ** 2 + (Math.floor(i / side) - y) ** 2 <= r * r) + 1;
const numbered = (discs: Discs) => Array.from({ length: side * side }, (_, i) => inDisc(discs, i));
const objectOf = (discs: Discs) => Uint8Array.from(numbered(discs), (n) => +(n > 0));
const discs: Discs = [
  [7, 7, 4],
  [16, 15, 5],
];

interface File {
  readonly image: DecodedImage;
  readonly shown?: Shown;
}
function file(values: readonly number[], type: 1 | 8 | 16 | "float" = 8, more: Partial<DecodedImage> = {}): File {
  const data =
    type === "float" ? Float32Array.from(values) : type === 16 ? Uint16Array.from(values) : Uint8Array.from(values);
  const fullRange = type === "float" ? 1 : 2 ** type - 1;
  return { image: { width: side, height: side, channels: 1, data, fullRange, ...more } };
}
const times = (discs: Discs, object: number, background = 0) =>
  numbered(discs).map((n) => (n > 0 ? object : background));

/** Ways in which programs write one mask. */
const encodings: Readonly<Record<string, (discs: Discs) => File>> = {
  "8-bit 0/255": (d) => file(times(d, 255)),
  "8-bit 0/1": (d) => file(times(d, 1)),
  "1-bit": (d) => file(times(d, 1), 1),
  "16-bit 0/65535": (d) => file(times(d, 65535), 16),
  "16-bit 0/255": (d) => file(times(d, 255), 16),
  "16-bit 0/1": (d) => file(times(d, 1), 16),
  "float 0/1": (d) => file(times(d, 1), "float"),
  "float 0/255": (d) => file(times(d, 255), "float"),
  "palette, black and white": (d) =>
    file(times(d, 1), 1, {
      palette: [
        [0, 0, 0],
        [255, 255, 255],
      ],
    }),
  "RGB 0/255": (d) => {
    const data = Uint8Array.from(times(d, 255).flatMap((v) => [v, v, v]));
    return { image: { width: side, height: side, channels: 3, data, fullRange: 255 } };
  },
  "8-bit with greys at its edges": (d) => {
    const values = times(d, 255);
    const at = values.indexOf(255);
    if (at > 0) [values[at], values[at - 1]] = [200, 90];
    return file(values);
  },
};
/** Ways that could mean two things, alone or beside others. */
const doubtful: Readonly<Record<string, (discs: Discs) => File>> = {
  "RGB, red on black": (d) => {
    const data = Uint8Array.from(times(d, 255).flatMap((v) => [v, 0, 0]));
    return { image: { width: side, height: side, channels: 3, data, fullRange: 255 } };
  },
  "8-bit numbered": (d) => file(numbered(d)),
  "0, 128 and 255": (d) => file(numbered(d).map((n) => [0, 128, 255][n] as number)),
  "0 and 1, with 255 ignored": (d) => file(numbered(d).map((n, i) => (i < 5 * side ? 255 : +(n > 0)))),
  "bool by tifffile, 0 is white": (d) => ({
    ...file(times(d, 0, 1), 1),
    shown: { isInverted: true, software: "tifffile.py" },
  }),
  "palette, white first": (d) =>
    file(times(d, 0, 1), 1, {
      palette: [
        [255, 255, 255],
        [0, 0, 0],
      ],
    }),
};

const auto: MaskRule = { maskRule: "auto", objectLabels: null, polarity: "auto", ignoreValue: null };
async function readSet(files: readonly File[], rule: Partial<MaskRule> = {}) {
  const decision = await decideMasks(
    { ...auto, ...rule },
    files.map(({ image, shown }, i) => ({ name: `m${i}.png`, ...(shown && { shown }), read: () => image })),
  );
  return { maps: files.map(({ image }, i) => readMask(decision, i, image, `m${i}.png`)), warnings: decision.warnings };
}
const masksOf = async (...args: Parameters<typeof readSet>) =>
  (await readSet(...args)).maps.map((map) => binarize(map));

const flags: ValueSet["spell"] = {
  labels: (values) => `--labels ${values === "nonzero" ? values : values.join(",")}`,
  white: (value) => (value === "full" ? undefined : `--white ${value}`),
  polarity: (value) => `--polarity ${value}`,
  ignore: (value) => `--ignore ${value}`,
};
function evaluate(files: readonly File[], options: Partial<ValueOptions> = {}, role: ValueSet["role"] = "prediction") {
  const values = files.map(({ image }, i) => storedValues(image, `p${i}.png`));
  const { readings, warnings } = decideValues(
    values.map((one, i) => takeCensus(`p${i}.png`, one, files[i]?.shown)),
    { ...plainValues, ...options },
    { what: '"vgg"', role, spell: flags },
  );
  return { maps: values.map((one, i) => readValues(one, readings[i] as (typeof readings)[0], `p${i}.png`)), warnings };
}

describe("masks of several encodings in one set", () => {
  const expected = objectOf(discs);

  it.each(Object.keys(encodings))("one of %s among 0/255 is read by its own values", async (name) => {
    const odd = (encodings[name] as (d: Discs) => File)(discs);
    const plain = file(times(discs, 255));
    for (const set of [[plain, odd, plain], [odd, plain], [odd]]) {
      for (const mask of await masksOf(set)) expect(mask).toEqual(expected);
      for (const role of ["truth", "prediction"] as const) {
        for (const { data, maximum } of evaluate(set, {}, role).maps) {
          expect(Uint8Array.from(data, (value) => +(value / maximum > 0.5))).toEqual(expected);
        }
      }
    }
  });

  it("12 masks drawn from these are read right or refused, never silently wrong", async () => {
    const all = { ...encodings, ...doubtful };
    const disc = fc.tuple(
      fc.integer({ min: 6, max: 17 }),
      fc.integer({ min: 6, max: 17 }),
      fc.integer({ min: 2, max: 4 }),
    );
    const mask = fc.record({
      name: fc.constantFrom(...Object.keys(all)),
      discs: fc.array(disc, { minLength: 0, maxLength: 2 }),
    });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mask, { minLength: 12, maxLength: 12 }), fc.boolean(), async (draws, easy) => {
        // A file of nothing but ignored pixels cannot be told from a mask: the doubtful have an object at least.
        const drawn = draws.map(({ name, discs }) => ({
          name,
          discs: name in doubtful && discs.length === 0 ? [[9, 9, 3] as const] : discs,
        }));
        const set = easy ? drawn.filter(({ name }) => name in encodings) : drawn;
        const files = set.map(({ name, discs }) => (all[name] as (d: Discs) => File)(discs));
        const wanted = set.map(({ discs }) => objectOf(discs));
        const attempts = [
          async () => masksOf(files),
          async () => evaluate(files, {}, "truth").maps.map((map) => binarize(map)),
          async () => evaluate(files).maps.map((map) => binarize(map)),
        ];
        for (const attempt of attempts) {
          try {
            expect(await attempt()).toEqual(wanted);
            read++;
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
          }
        }
      }),
      { numRuns: 200, seed: 13 },
    );
    expect(read).toBeGreaterThan(150); // refusing all would be no answer
  });

  it("refuses masks whose values differ and are no whites: they are classes", async () => {
    await expect(masksOf([file(times(discs, 255)), file(times(discs, 128))])).rejects.toThrow(
      /m1\.png holds 0, 128, but m0\.png holds 0, 255.*objectLabels: \[255\].*maskRule: "index"/,
    );
    expect(await masksOf([file(times(discs, 255)), file(times(discs, 128))], { maskRule: "index" })).toEqual([
      expected,
      expected,
    ]);
    expect(await masksOf([file(times(discs, 128)), file(times(discs, 128))])).toEqual([expected, expected]);
  });

  it("refuses a painted training mask of which nothing would be object, and warns of it elsewhere", async () => {
    const set = [file(times(discs, 255)), file(times(discs, 1))];
    await expect(masksOf(set, { objectLabels: [255] })).rejects.toThrow(
      /m1\.png has objects \(it holds 0, 1\), but no pixel/,
    );
    expect(evaluate(set, { labels: [255] }, "truth").warnings).toEqual([
      { code: "mask-without-object", message: expect.stringContaining("p1.png has objects (it holds 0, 1)") },
    ]);
    expect(evaluate(set, { white: 255 }).warnings[0]?.code).toBe("mask-without-object");
    expect(() => evaluate([set[1] as File], { labels: [255] }, "truth")).toThrow(/no pixel of it would be object/);
    expect(await masksOf(set, { maskRule: "binary" })).toEqual([expected, expected]);
  });

  it("takes an image without the label for what it is where the set has many labels", async () => {
    const some = file(numbered([discs[0] as Discs[0]]));
    expect((await masksOf([file(numbered(discs)), some], { objectLabels: [2] }))[1]?.includes(1)).toBe(false);
  });
});

describe("polarity", () => {
  const wanted = objectOf(discs);
  const share = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;

  it("asks where tifffile wrote 0 for white, and takes either answer", async () => {
    // The file stores 1 for object and says that 0 is white: decoding turns it over.
    const set = [{ ...file(times(discs, 0, 1), 1), shown: { isInverted: true, software: "tifffile.py" } }];
    await expect(masksOf(set)).rejects.toThrow(
      new RegExp(
        `m0\\.png is object.*tifffile\\.py wrote it.*\\(${(100 * share).toFixed(1)} % of this image\\), use polarity: "as-stored".*use polarity: "as-shown"`,
      ),
    );
    expect(await masksOf(set, { polarity: "as-stored" })).toEqual([wanted]);
    expect(await masksOf(set, { polarity: "as-shown" })).toEqual([wanted.map((v) => 1 - v)]);
    expect(() => evaluate(set, {}, "truth")).toThrow(/--polarity as-stored/);
  });

  it("reads what is written as the specification says without a question", async () => {
    const byPillow = { ...file(times(discs, 255)), shown: { isInverted: true } };
    expect(await readSet([byPillow])).toMatchObject({ warnings: [] });
    expect(await masksOf([byPillow, file(times(discs, 1))])).toEqual([wanted, wanted]);
    const doubtful = { ...file(times(discs, 0, 255)), shown: { isInverted: true } };
    await expect(masksOf([doubtful])).rejects.toThrow(/its header says that 0 is white, but then it would be object/);
  });

  it("takes ImageJ's inverting colour table as stored, in TIFF and PNG alike, and says so", async () => {
    const palette = Array.from({ length: 256 }, (_, i) => [255 - i, 255 - i, 255 - i] as const);
    const set = [
      file(times(discs, 255), 8, { palette }),
      { ...file(times(discs, 0, 255)), shown: { isInverted: true, software: "ImageJ 1.54f" } },
    ];
    const { maps, warnings } = await readSet(set);
    expect(maps.map((map) => binarize(map))).toEqual([wanted, wanted]);
    expect(warnings).toEqual([
      { code: "polarity", message: expect.stringMatching(/2 files.*as ImageJ writes masks.*polarity: "as-shown"/) },
    ]);
  });

  it("asks where a palette shows 0 white", async () => {
    const set = [
      file(times(discs, 0, 1), 1, {
        palette: [
          [255, 255, 255],
          [0, 0, 0],
        ],
      }),
    ];
    await expect(masksOf(set)).rejects.toThrow(/shows 0 white.*polarity: "as-stored".*polarity: "as-shown"/);
    expect(await masksOf(set, { polarity: "as-shown" })).toEqual([wanted]);
    expect(await masksOf(set, { polarity: "as-stored" })).toEqual([wanted.map((v) => 1 - v)]);
  });

  it("warns of one mask that is saved the other way round", async () => {
    const set = [...Array(4).fill(file(times(discs, 255))), file(times(discs, 0, 255))];
    expect((await readSet(set)).warnings).toEqual([
      { code: "mask-turned-over", message: expect.stringMatching(/m4\.png is mostly object/) },
    ]);
  });
});

describe("labels that could pass for probabilities", () => {
  const wanted = objectOf(discs);
  const manyDiscs: Discs = Array.from({ length: 25 }, (_, i) => [
    2.5 + 4.7 * (i % 5),
    2.5 + 4.7 * Math.floor(i / 5),
    1.5,
  ]);
  const labelled = (step: number) => numbered(manyDiscs).map((n) => n * step);

  it.each([
    ["25 objects in 8 bits", file(labelled(1))],
    ["numbers up to 250 in 8 bits", file(labelled(10))],
    ["numbers up to 40 000 in 16 bits", file(labelled(1600), 16)],
    ["whole floats above 65 535", file(labelled(4000), "float")],
  ])("%s are asked about, and --labels nonzero reads them", (_, image) => {
    expect(() => evaluate([image])).toThrow(/p0\.png.*--labels nonzero/);
    expect(evaluate([image], { labels: "nonzero" }).maps.map((map) => binarize(map))).toEqual([objectOf(manyDiscs)]);
    expect(() => evaluate([image], {}, "truth")).toThrow(/--labels nonzero/);
  });

  /** A smooth hill on each disc, up to `peak`. */
  const hills = (peak: number) =>
    Array.from({ length: side * side }, (_, i) => {
      const near = discs.map(([x, y, r]) =>
        Math.exp(-(((i % side) - x) ** 2 + (Math.floor(i / side) - y) ** 2) / (r * r)),
      );
      return Math.round(peak * Math.max(...near) + (i % 3) / 2);
    });

  it.each([
    ["percent in 8 bits", hills(100).map((v) => Math.min(v, 100)), 8, 100],
    ["percent in 16 bits", hills(100).map((v) => Math.min(v, 100)), 16, 100],
    ["14 bits in 16", hills(16383).map((v) => Math.min(v, 16383)), 16, 16383],
    ["12 bits in 16", hills(4000), 16, 4095],
    ["percent in floats", hills(97.3).map((v) => v + 0.25), "float", 100],
  ] as const)("a map of %s is asked about, and --white reads it", (_, values, type, white) => {
    expect(() => evaluate([file(values, type)])).toThrow(new RegExp(`--white ${white}\\b`));
    expect(evaluate([file(values, type)], { white }).maps[0]?.maximum).toBe(white);
  });

  it.each([
    ["bright", hills(250), 8],
    ["dark", hills(60), 8],
    ["dark, 16 bits", hills(21000), 16],
  ] as const)("a %s probability map stays one", (_, values, type) => {
    const { maps, warnings } = evaluate([file(values, type), file(hills(250), 8)]);
    expect(maps[0]?.maximum).toBe(type === 16 ? 65535 : 255);
    expect(warnings).toEqual([]);
    expect(evaluate([file(values, type)]).maps[0]?.maximum).toBe(type === 16 ? 65535 : 255);
  });

  it("asks what a file of 0 and 1 is among probability maps", () => {
    expect(() => evaluate([file(hills(250)), file(times(discs, 1))])).toThrow(/p1\.png holds 0, 1, and.*--white 255/);
  });

  it("takes the levels of votes for probabilities, and says so; a third value alone is asked about", () => {
    const thirds = file(numbered([...discs, [4, 18, 3]]).map((n) => n * 85));
    expect(evaluate([thirds])).toMatchObject({ maps: [{ maximum: 255 }], warnings: [{ code: "few-values" }] });
    const halves = file(numbered(discs).map((n) => [0, 128, 255][n] as number));
    expect(() => evaluate([halves])).toThrow(/0, 128, 255.*--labels nonzero.*--labels 255.*--white 255/);
    expect(wanted.length).toBe(side * side);
  });
});

describe("three values", () => {
  const values = numbered(discs);

  it("0, 128 and 255, or 0, 1 and 255, are refused, and ignoreValue leaves pixels out", async () => {
    const classes = file(values.map((n) => [0, 128, 255][n] as number));
    await expect(masksOf([classes])).rejects.toThrow(
      /0, 128, 255.*ignoreValue: 128.*objectLabels: \[255\].*maskRule: "index"/,
    );
    const ignoring = file(values.map((n) => [0, 255, 1][n] as number));
    await expect(masksOf([ignoring])).rejects.toThrow(/0, 1, 255.*ignoreValue: 255.*objectLabels: \[1\]/);
    const [map] = (await readSet([ignoring], { ignoreValue: 255 })).maps;
    expect(map && binarize(map)).toEqual(Uint8Array.from(values, (n) => +(n === 2)));
    expect(map?.ignored).toEqual(Uint8Array.from(values, (n) => +(n === 1)));
    expect(evaluate([ignoring], { ignore: 255 }, "truth").maps[0]?.ignored?.includes(1)).toBe(true);
  });

  it("a second class of a few pixels is not taken for greys at the edges", async () => {
    const few = file(times([[12, 12, 8]], 255).map((value, i) => (i % side < 4 && i < 4 * side ? 128 : value)));
    await expect(masksOf([few])).rejects.toThrow(/0, 128, 255/);
  });
});

describe("instances", () => {
  it("are the numbers where each is one object, also where objects touch", async () => {
    const touching: Discs = [
      [7, 12, 5],
      [13, 12, 5],
    ];
    const [map] = (await readSet([file(numbered(touching))], { maskRule: "index" })).maps;
    expect(map?.instances).toEqual(Uint32Array.from(numbered(touching)));
  });

  it("are pieces where numbers are classes, and absent in a plain mask", async () => {
    const classes = Array.from({ length: side * side }, (_, i) =>
      i % 4 < 2 && Math.floor(i / side) % 4 < 2 ? 1 + (i % 8 >= 4 ? 1 : 0) : 0,
    );
    const [map] = (await readSet([file(classes)], { maskRule: "index" })).maps;
    expect(new Set(map?.instances).size).toBe(1 + 36);
    expect((await readSet([file(times(discs, 255))], { maskRule: "index" })).maps[0]?.instances).toBeUndefined();
  });
});
