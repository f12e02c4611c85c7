import { decodeImage } from "@em-stellar/data";
import { expect, it } from "vitest";
import { damagedImage } from "./damaged-images.js";
import { attack, naming } from "./tally.js";

it.each(["png", "tif"] as const)("%s: damaged images in memory are read or refused", async (type) => {
  const { accepted, refused } = await attack(`${type} in memory`, 1500, (random) => {
    const { name, bytes } = damagedImage(type, random);
    return naming(name, () => decodeImage(bytes, name));
  });
  expect(Math.min(accepted, refused)).toBeGreaterThan(100);
});
