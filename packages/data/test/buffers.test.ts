import { expect, it } from "vitest";
import { createTiffEncoder, decodeImage } from "../src/index.js";

it("decodes a file that stands somewhere in the middle of a Buffer of Node", async () => {
  const encoder = createTiffEncoder([{ width: 3, height: 2 }], 16);
  const file = Buffer.concat([...encoder.add(Uint16Array.of(1, 2, 3, 4, 5, 6)), ...encoder.end()]);
  const inside = Buffer.concat([Buffer.alloc(64), file]).subarray(64);
  const [image] = await decodeImage(inside, "a.tif");
  expect([image?.width, image?.height, [...(image?.data ?? [])]]).toEqual([3, 2, [1, 2, 3, 4, 5, 6]]);
});
