import { relative } from "node:path";
import { expect, it } from "vitest";
import { circlesOf } from "./circles.js";
import { importsOf, resolveImport } from "./imports.js";
import { packages, root } from "./workspace.js";

it("circles are found: of two, of three, of one with itself", () => {
  const graph = {
    a: ["b", "e"],
    b: ["c", "d"],
    c: ["a", "d"],
    d: ["e"],
    e: [],
    f: ["f", "a"],
    g: ["h", "f"],
    h: ["g"],
  };
  expect(circlesOf(new Map(Object.entries(graph)))).toEqual([["a", "b", "c"], ["f"], ["g", "h"]]);
});

it("no source files import each other in a circle, not even types", () => {
  const files = packages.flatMap(({ sources }) => sources);
  const graph = new Map(
    files.map((file) => [
      relative(root, file),
      importsOf(file).flatMap((specifier) => {
        const target = resolveImport(specifier, file);
        return target ? [relative(root, target)] : [];
      }),
    ]),
  );
  expect([...graph.values()].flat().length).toBeGreaterThan(files.length); // the walk sees imports
  expect(circlesOf(graph)).toEqual([]);
});
