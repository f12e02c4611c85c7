import { expect, it } from "vitest";
import { fitted, panned, placeAt, zoomedAt } from "../../src/viewer/view-box.js";

const image = { width: 200, height: 100 };
const screen = { width: 400, height: 400 };

it("fits the whole image into the screen", () => {
  expect(fitted(image, screen)).toEqual({ x: 100, y: 50, zoom: 2 });
  expect(placeAt(fitted(image, screen), { x: 0, y: 100 }, screen)).toEqual({ x: 0, y: 0 });
});

it("the place under the pointer stays there when zoomed", () => {
  const point = { x: 300, y: 150 };
  const before = fitted(image, screen);
  const after = zoomedAt(before, 4, point, image, screen);
  expect(after.zoom).toBe(8);
  expect(placeAt(after, point, screen)).toEqual(placeAt(before, point, screen));
});

it("zooms no further than 64 screen pixels for a pixel, and out to half of what fits", () => {
  const view = fitted(image, screen);
  expect(zoomedAt(view, 1e6, { x: 200, y: 200 }, image, screen).zoom).toBe(64);
  expect(zoomedAt(view, 1e-6, { x: 200, y: 200 }, image, screen).zoom).toBe(1);
});

it("the image follows the hand, and never leaves the screen", () => {
  const view = fitted(image, screen);
  expect(panned(view, 20, -10, image)).toEqual({ x: 90, y: 55, zoom: 2 });
  expect(panned(view, 1e4, -1e4, image)).toEqual({ x: 0, y: 100, zoom: 2 });
});
