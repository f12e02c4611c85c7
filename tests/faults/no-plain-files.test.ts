import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../workspace.js";
import { play } from "./commands.js";

const image = join(root, "packages/data/test/cases/original.png");

let folder: string;
const at = (...path: string[]) => join(folder, ...path);

describe.skipIf(process.platform === "win32")("a pipe where a file should be is refused, not waited for", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "em-stellar-pipes-"));
    const files = ["model/model.json", "notes/segmentation.json", "run/plan.json", "run/results.json", "suite.json"];
    for (const file of [...files, "images/a.png", "features/features.json"]) {
      mkdirSync(join(at(file), ".."), { recursive: true });
      expect(spawnSync("mkfifo", [at(file)]).status).toBe(0);
    }
    writeFileSync(at("notes/model.json"), "{}");
    mkdirSync(at("truth"));
    cpSync(image, at("truth/a.png"));
    const options = { images: "images", masks: "truth" };
    const suite = { name: "a", data: { id: "image-folder", options }, networks: ["unet"], metrics: ["f1"] };
    writeFileSync(at("pipes.json"), JSON.stringify({ ...suite, loss: "dice", optimizer: "sgd" }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["a suite", () => ["run", at("suite.json"), "--out", at("out")]],
    ["an image of a suite", () => ["run", at("pipes.json"), "--out", at("out"), "--backend", "wasm"]],
    ["a model", () => ["predict", at("model"), image, "--out", at("out"), "--backend", "wasm"]],
    ["the notes of a model", () => ["predict", at("notes"), image, "--out", at("out"), "--backend", "wasm"]],
    ["results that a model is chosen by", () => ["predict", at("run"), image, "--out", at("out")]],
    ["an image to predict", () => ["predict", at("notes"), at("images"), "--out", at("out")]],
    [
      "an image to evaluate",
      () => ["evaluate", "--truth", at("truth"), "--predictions", at("images"), "--out", at("o")],
    ],
    ["a truth", () => ["evaluate", "--truth", at("images"), "--predictions", at("truth"), "--out", at("o")]],
    ["results", () => ["report", at("run")]],
    ["features", () => ["report", at("features")]],
    ["a plan", () => ["status", at("run")]],
    ["a folder for init", () => ["init", at("images"), "--out", at("new.json")]],
  ])("%s", async (_, args) => {
    await expect(play(...args())).rejects.toThrow(
      /\.(json|png)\b.* not a regular file, but a folder, a pipe or a device/,
    );
  });
});
