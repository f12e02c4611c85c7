import { decideMasks } from "@em-stellar/data";
import { describe, expect, it } from "vitest";
import { inPageWords } from "../../src/engine/in-page-words.js";

describe("messages about masks, in the words of the screen Data", () => {
  it.each([
    ['If every value but 0 is object, use maskRule: "index".', "“Every value except 0 is the object"],
    ["If they are classes, list those that are object: objectLabels: [1, 2].", "“These values are the object: 1, 2”"],
    ['If white is object, use polarity: "as-shown".', "“what is shown white is the object”"],
    ["If 255 marks what is to be left out, use ignoreValue: 255.", "“Value of pixels that nobody has judged: 255”"],
    ["Say which values mean object with maskRule or objectLabels.", "under “Object in the masks”."],
    ["Set `groupBy` to a part of the names.", "Set “The group of an image” to a part"],
    ["If they are labels, use `truthLabels: 3`.", "use “Values of the truth that mean object: 3”."],
    ["Hold out whole groups, with testGroups or testShare.", "with the groups under “Test images” or “Share of the"],
    ["The greys need a scale: say `truthWhite: 255`.", "say “npx em-stellar evaluate … --truth-white 255”."],
    ["If 0 is white, use `polarity: as-shown`.", "use “npx em-stellar evaluate … --polarity as-shown”."],
  ])("%s", (message, words) => {
    expect(inPageWords(message)).toContain(words);
    expect(inPageWords(message)).not.toMatch(
      /maskRule|objectLabels|ignoreValue|polarity:|groupBy|abels:|testShare|testGroups|truthWhite/,
    );
  });

  it("names no option of a suite where masks can be read in more than one way", async () => {
    const plain = { maskRule: "auto", objectLabels: null, polarity: "auto", ignoreValue: null } as const;
    const mask = { width: 2, height: 2, channels: 1, bits: 8, fullRange: 255, data: Uint8Array.of(0, 1, 2, 255) };
    const refused = await decideMasks(plain, [{ name: "a.png", read: () => mask }]).catch(
      (error: Error) => error.message,
    );
    expect(refused).toContain("maskRule");
    expect(inPageWords(String(refused))).not.toMatch(/maskRule|objectLabels|ignoreValue/);
    expect(inPageWords(String(refused))).toContain("“Every value except 0 is the object");
  });

  it("offers no tiles, which no screen has", () => {
    const told =
      "testShare 0.2 of 2 images leaves 1 to learn from, and folds need at least 2. Use a smaller share or more images, or cut each image into tiles: tiles: 4.";
    expect(inPageWords(told)).toBe(
      "“Test images”: a share of 0.2 of 2 images leaves 1 to learn from, and folds need at least 2. Use a smaller share or more images.",
    );
  });

  it("says what would make a training fit into memory by the fields of the screen Suite", () => {
    const told =
      'Training "unet-bn" does not fit into the memory of wasm, with training.patch 512 and training.batchSize 4. It would fit with training.microBatch: 2 (3893 MiB), or with training.recompute: true and training.microBatch: 2 (2710 MiB).';
    expect(inPageWords(told)).toBe(
      'Training "unet-bn" does not fit into the memory of wasm, with “Side of a patch, in pixels”: 512 and “Patches in a step”: 4. It would fit with “Patches in a step”: 2 (3893 MiB), or with "recompute": true in the suite\'s file and “Patches in a step”: 2 (2710 MiB).',
    );
  });

  it("leaves what is not about options as it is", () => {
    expect(inPageWords("cell-01.png holds the values 0, 1 and 2.")).toBe("cell-01.png holds the values 0, 1 and 2.");
  });
});
