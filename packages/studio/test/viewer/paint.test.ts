import { describe, expect, it } from "vitest";
import { levelsOf } from "../../src/viewer/levels.js";
import { type Layer, paint } from "../../src/viewer/paint.js";
import { fitted } from "../../src/viewer/view-box.js";

const amber = [255, 176, 0] as const;

function canvas(width: number, height: number) {
  return { width, height, pixels: new Uint32Array(width * height).fill(1) };
}

/** Red, green, blue and opacity of a pixel, as `ImageData` has them. */
function pixel({ pixels, width }: { pixels: Uint32Array; width: number }, x: number, y: number): number[] {
  const at = 4 * (y * width + x);
  return [...new Uint8Array(pixels.buffer).subarray(at, at + 4)];
}

const grey = (value: number) => [value, value, value, 255];

describe("an image in a pane", () => {
  const image = levelsOf({ width: 2, height: 1, channels: 1, data: Uint8Array.of(50, 150) });

  it("is stretched from black to white, each pixel as large as the zoom says, with nothing around it", () => {
    const to = canvas(4, 4);
    const pane = { left: 0, top: 0, width: 4, height: 4 };
    paint(to, pane, image, { black: 50, white: 249 }, [], fitted(image, pane));
    expect([0, 1, 2, 3].map((x) => pixel(to, x, 1))).toEqual([grey(0), grey(0), grey(128), grey(128)]);
    expect(pixel(to, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(to, 0, 3)).toEqual([0, 0, 0, 0]);
  });

  it("values beyond black and white are black and white, and floats are shown alike", () => {
    const data = [-1, 0, 0.5, 1, 9];
    const to = canvas(5, 1);
    const pane = { left: 0, top: 0, width: 5, height: 1 };
    const floats = levelsOf({ width: 5, height: 1, channels: 1, data: Float32Array.from(data) });
    paint(to, pane, floats, { black: 0, white: 1 }, [], fitted(floats, pane));
    expect(data.map((_, x) => pixel(to, x, 0))).toEqual([0, 0, 128, 255, 255].map(grey));
    const whole = levelsOf({ width: 3, height: 1, channels: 1, data: Uint16Array.of(1000, 2000, 65535) });
    paint(to, { ...pane, width: 3 }, whole, { black: 1000, white: 3000 }, [], { x: 1.5, y: 0.5, zoom: 1 });
    expect([0, 1, 2].map((x) => pixel(to, x, 0))).toEqual([0, 128, 255].map(grey));
  });

  it("leaves the rest of the canvas alone", () => {
    const to = canvas(4, 1);
    const pane = { left: 2, top: 0, width: 2, height: 1 };
    paint(to, pane, image, { black: 0, white: 255 }, [], fitted(image, pane));
    expect([...to.pixels.subarray(0, 2)]).toEqual([1, 1]);
    expect([2, 3].map((x) => pixel(to, x, 0))).toEqual([grey(50), grey(150)]);
  });

  it("in a part of a frame, it is where it would be in the frame", () => {
    const to = canvas(2, 1);
    const frame = { left: 0, top: 0, width: 2, height: 1 };
    paint(
      to,
      { left: 1, top: 0, width: 1, height: 1 },
      image,
      { black: 0, white: 255 },
      [],
      fitted(image, frame),
      frame,
    );
    expect(pixel(to, 1, 0)).toEqual(grey(150));
  });

  it("has colours", () => {
    const to = canvas(1, 1);
    const colours = levelsOf({ width: 1, height: 1, channels: 3, data: Uint8Array.of(10, 20, 30) });
    paint(to, { left: 0, top: 0, width: 1, height: 1 }, colours, { black: 0, white: 255 }, [], {
      x: 0.5,
      y: 0.5,
      zoom: 1,
    });
    expect(pixel(to, 0, 0)).toEqual([10, 20, 30, 255]);
  });

  it("where a pixel of the screen covers many of the image, it shows their mean", () => {
    const data = Uint8Array.from({ length: 1024 * 2 }, (_, i) => (i % 2 === 0 ? 0 : 200));
    const stripes = levelsOf({ width: 1024, height: 2, channels: 1, data });
    const to = canvas(512, 1);
    paint(to, { left: 0, top: 0, width: 512, height: 1 }, stripes, { black: 0, white: 255 }, [], {
      x: 512,
      y: 1,
      zoom: 0.5,
    });
    expect([0, 255, 511].map((x) => pixel(to, x, 0))).toEqual([grey(100), grey(100), grey(100)]);
  });
});

describe("a layer", () => {
  const image = levelsOf({ width: 7, height: 7, channels: 1, data: new Uint8Array(49).fill(100) });
  const square = Uint8Array.from({ length: 49 }, (_, i) => (i % 7 >= 1 && i % 7 <= 5 && i >= 7 && i < 42 ? 255 : 0));
  const pane = { left: 0, top: 0, width: 7, height: 7 };
  const layer: Layer = {
    map: levelsOf({ width: 7, height: 7, channels: 1, data: square }),
    maximum: 255,
    threshold: 0.5,
    colour: amber,
    opacity: 0.5,
    fill: "mask",
    outline: false,
  };
  const painted = (given: Partial<Layer>) => {
    const to = canvas(7, 7);
    paint(to, pane, image, { black: 0, white: 255 }, [{ ...layer, ...given }], fitted(image, pane));
    return to;
  };

  it("covers the object by its opacity, and nothing else", () => {
    const to = painted({});
    expect(pixel(to, 3, 3)).toEqual([178, 138, 50, 255]); // halfway from 100 to each of 255, 176 and 0
    expect(pixel(to, 0, 3)).toEqual(grey(100));
  });

  it("an outline is two pixels wide, inside of the object", () => {
    const to = painted({ opacity: 0, outline: true });
    expect([0, 1, 2, 3, 4, 5, 6].map((x) => pixel(to, x, 3)[2])).toEqual([100, 0, 0, 100, 0, 0, 100]);
  });

  it("a probability covers as much as it is", () => {
    const data = new Float32Array(49).fill(0.5);
    const map = levelsOf({ width: 7, height: 7, channels: 1, data });
    const to = painted({ map, maximum: 1, opacity: 1, fill: "probability", threshold: 0.9 });
    expect(pixel(to, 3, 3)).toEqual([178, 138, 50, 255]);
  });

  it("what is just at the threshold is no object, as in scores", () => {
    const map = levelsOf({ width: 7, height: 7, channels: 1, data: new Float32Array(49).fill(0.5) });
    expect(pixel(painted({ map, maximum: 1 }), 3, 3)).toEqual(grey(100));
    expect(pixel(painted({ map, maximum: 1, threshold: 0.49 }), 3, 3)).toEqual([178, 138, 50, 255]);
  });
});
