import { expect, test } from "vitest";
import { warningsSection } from "../src/warnings.js";
import { markupOf, smallResults, smallStatistics, textOf } from "./small-results.js";

const methods = [
  { name: "a", runs: [0.9, 0.8] },
  { name: "blur", kind: "baseline" as const, runs: [0.5] },
];

const unseen = { constant: [], lost: [] };

test("warns where test images of few groups were counted as if they were independent", () => {
  const note = "The 12 test images come from 2 groups, so intervals are shorter than they should be.";
  const statistics = smallStatistics([{ method: "a" }], { units: { kind: "images", count: 12, note } });
  const text = textOf(markupOf(warningsSection(smallResults(methods, { statistics }, 12), unseen)));
  expect(text).toContain(`Test images that are not independent${note}`);
  expect(text).toContain("Take test images from at least six groups");
  expect(
    warningsSection(smallResults(methods, { statistics: smallStatistics([{ method: "a" }]) }, 12), unseen),
  ).toBeUndefined();
});

test("warns of fewer test images than a paired test needs", () => {
  const text = (images: number) => textOf(markupOf(warningsSection(smallResults(methods, {}, images), unseen)));
  expect(text(5)).toContain(
    "There are 5 test images; with fewer than 6, no comparison image by image can rule out luck.",
  );
  expect(text(6)).not.toContain("test images;");
});
