import { expect, it } from "vitest";
import { importsIn, withImports } from "../../src/engine/module-imports.js";

const code = `import { defineNetwork, definePlugin } from "@em-stellar/core/training";
import * as tf from '@tensorflow/tfjs-core';
import "side-effect";
export { a } from "@em-stellar/core/training";
const later = import("@tensorflow/tfjs-core");
const text = "not from anything";
`;

it("finds what a module imports, in every form", () => {
  expect(importsIn(code)).toEqual(["@em-stellar/core/training", "@tensorflow/tfjs-core", "side-effect"]);
  expect(importsIn('import{a}from"x";')).toEqual(["x"]);
});

it("gives each another name, and leaves the rest as it is", () => {
  const addresses = new Map([
    ["@em-stellar/core/training", "blob:1"],
    ["@tensorflow/tfjs-core", "blob:2"],
    ["side-effect", "blob:3"],
  ]);
  expect(withImports(code, "my.js", addresses)).toBe(
    code
      .replaceAll("@em-stellar/core/training", "blob:1")
      .replaceAll("@tensorflow/tfjs-core", "blob:2")
      .replace("side-effect", "blob:3"),
  );
});

it("refuses what a page cannot find", () => {
  expect(() => withImports(code, "my.js", new Map([["@em-stellar/core/training", "blob:1"]]))).toThrow(
    'my.js imports "@tensorflow/tfjs-core", which a page cannot find. It may import @em-stellar/core/training. Bundle everything else into the file',
  );
});
