import { expect, it } from "vitest";
import { scaleBarFor } from "../../src/viewer/scale-bar.js";

it.each([
  // 5 nm a pixel, one screen pixel each: 100 of them are 500 nm.
  [5, 1, 100, { length: 100, label: "500 nm" }],
  [5, 1, 99, { length: 40, label: "200 nm" }],
  [5, 2, 100, { length: 80, label: "200 nm" }],
  [5, 0.1, 100, { length: 100, label: "5 µm" }],
  [1000, 1, 100, { length: 100, label: "100 µm" }],
  [0.1, 50, 100, { length: 100, label: "200 pm" }],
  [1e6, 1, 120, { length: 100, label: "100 mm" }],
])("%d nm a pixel, zoom %d, at most %d screen pixels", (nanometre, zoom, longest, expected) => {
  const bar = scaleBarFor(nanometre, zoom, longest);
  expect(bar.label).toBe(expected.label);
  expect(bar.length).toBeCloseTo(expected.length, 9);
});
