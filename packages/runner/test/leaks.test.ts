import { createRandom } from "@em-stellar/core";
import { thumbnailOf } from "@em-stellar/data";
import { describe, expect, it } from "vitest";
import { type ShownSample, warnOfLeaks, warnOfLeaksToValidation } from "../src/leaks.js";

/** 32 × 32 pixels of noise, of which `share` is the same for all of one `source`: the correlation of two of them. */
function shown(id: string, source: string, share: number, more: Partial<ShownSample["sample"]> = {}): ShownSample {
  const [common, own] = [createRandom(source), createRandom(`${source}/${id}`)];
  const data = Float32Array.from(
    { length: 1024 },
    () => Math.sqrt(share) * common.normal() + Math.sqrt(1 - share) * own.normal(),
  );
  return { sample: { id, ...more }, thumbnail: thumbnailOf(id, { width: 32, height: 32, channels: 1, data }) };
}
const codes = (train: ShownSample[], test: ShownSample[]) => warnOfLeaks(train, test).map(({ code }) => code);
const slice = (z: number, share: number, stack = "a.tif") => shown(`slice-${z}`, "tissue", share, { stack, z });

describe("a test image", () => {
  it("that nearly repeats a training image is a leak, wherever it lies", () => {
    const found = warnOfLeaks([shown("a", "field", 0.9)], [shown("b", "field", 0.9), shown("c", "other", 0.9)]);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(/^Test image "b" is nearly the training image "a" \(correlation 0\.(8|9)/);
    expect(codes([slice(4, 0.9)], [slice(5, 0.9)])).toEqual(["leak"]); // said once
  });

  it("next to a training slice is a leak where they resemble each other, though less than copies do", () => {
    const found = warnOfLeaks([slice(4, 0.43)], [slice(5, 0.43), slice(9, 0.43)]);
    expect(found.map(({ code }) => code)).toEqual(["neighbouring-slices"]);
    expect(found[0]?.message).toMatch(
      /^Test image "slice-5" follows or precedes the training image "slice-4" in its stack/,
    );
  });

  it.each<[string, ShownSample, ShownSample]>([
    ["two slices away", slice(4, 0.43), slice(6, 0.43)],
    ["of another stack", slice(4, 0.43), slice(5, 0.43, "b.tif")],
    ["with the next number alone", slice(4, 0.1), slice(5, 0.1)],
    ["of nothing in common", shown("a", "field", 1), shown("b", "other", 1)],
    ["of another group", shown("a", "field", 0, { group: "mouse" }), shown("b", "field", 0, { group: "fly" })],
  ])("%s is none", (_, train, test) => {
    expect(codes([train], [test])).toEqual([]);
  });

  it("of a group that is learnt from is named", () => {
    const of = (id: string, group: string) => shown(id, id, 0, { group });
    const found = warnOfLeaks(
      [of("a", "mouse"), of("b", "fly")],
      [of("c", "mouse"), of("d", "worm"), of("e", "mouse")],
    );
    expect(found.map(({ code }) => code)).toEqual(["shared-groups"]);
    expect(found[0]?.message).toMatch(/^2 of 3 test images are of a group that is learnt from \(mouse\)\./);
  });
});

it("neighbours on both sides of a fold are a leak to validation, unless groups keep them together", () => {
  const all = [1, 2, 3, 4].map((z) => slice(z, 0.43));
  const split = [{ train: [0, 2], validation: [1, 3] }];
  expect(warnOfLeaksToValidation(all, split)[0]?.message).toMatch(/^2 of 2 validation images/);
  expect(warnOfLeaksToValidation([...all.slice(0, 1), ...all.slice(2)], [{ train: [0], validation: [1, 2] }])).toEqual(
    [],
  );
  const grouped = all.map((each) => ({ ...each, sample: { ...each.sample, group: "block" } }));
  expect(warnOfLeaksToValidation(grouped, split)).toEqual([]);
});
