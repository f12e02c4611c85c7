import { expect, it } from "vitest";
import { givenStore, modelFolderOf } from "../../src/engine/given-store.js";

const given = (...paths: string[]) => paths.map((path) => ({ path, content: new File(["hello"], path) }));

it("finds the folder of the only model", () => {
  expect(modelFolderOf(given("model.json", "weights.bin"))).toBe("");
  expect(modelFolderOf(given("best/loss/model.json", "best/loss/weights.bin", "notes.txt"))).toBe("best/loss");
});

it("says what is missing, or that there are several", () => {
  expect(() => modelFolderOf(given("a.tif", "b/my-model.json"))).toThrow(
    "There is no model.json among these files (a.tif, b/my-model.json).",
  );
  expect(() => modelFolderOf(given("a/model.json", "b/model.json"))).toThrow(
    "There are 2 models among these files: a/model.json, b/model.json. Choose the folder of one of them.",
  );
});

it("reads what was given, and nothing else", async () => {
  const store = givenStore(given("a/b.txt"), "here");
  expect(new TextDecoder().decode(await store.read("a/b.txt"))).toBe("hello");
  expect(await store.read("b.txt")).toBeUndefined();
});
