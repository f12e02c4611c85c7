import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Random } from "@em-stellar/core";
import { openModel } from "@em-stellar/runner";
import { folderReader } from "@em-stellar/runner/node";
import { setBackend } from "@tensorflow/tfjs-core";
import { builtins } from "em-stellar";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findModel } from "../../packages/runner/src/node/prediction/find-model.js";
import { play } from "./commands.js";
import { damagedImage } from "./damaged-images.js";
import { mutateBytes, oneOf } from "./mutate-bytes.js";
import { mutateJson } from "./mutate-json.js";
import { makeFolders, smallModel } from "./small-run.js";
import { attack } from "./tally.js";

let folder: string;
const at = (...path: string[]) => join(folder, ...path);
/** The files that the commands left, by path. */
const whole = new Map<string, Uint8Array>();
const json: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-stored-"));
  await makeFolders(folder);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (basename(path) === "results.json") removeChecksum(at(path));
    whole.set(path, new Uint8Array(readFileSync(at(path))));
    if (path.endsWith(".json")) json.push(path);
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Checksums would find most of what is damaged here: what a stranger sends has none. */
function removeChecksum(file: string): void {
  const { checksum, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  expect(checksum).toMatch(/^[0-9a-f]{64}$/);
  writeFileSync(file, JSON.stringify(rest, null, 2));
}

const contentOf = (path: string): Uint8Array => whole.get(path) ?? new Uint8Array(1);

/** Another content for a file, by what it is. */
function mutated(path: string, random: Random): Uint8Array {
  if (path.endsWith(".png"))
    return random.integer(2) === 0
      ? damagedImage("png", random).bytes
      : mutateBytes(contentOf(path), contentOf(oneOf([...whole.keys()], random)), random);
  if (path.endsWith(".json"))
    return mutateJson(contentOf(path), contentOf(oneOf([path, oneOf(json, random)], random)), random);
  return mutateBytes(contentOf(path), contentOf(oneOf([...whole.keys()], random)), random);
}

/** A copy of what is below a folder, in which one of the files that `wanted` takes is damaged. */
function damagedCopy(part: string, wanted: (path: string) => boolean, random: Random): string {
  rmSync(at("copy"), { recursive: true, force: true });
  cpSync(at(part), at("copy"), { recursive: true });
  const path = oneOf(
    [...whole.keys()].filter((each) => each.startsWith(`${part}/`) && wanted(each)),
    random,
  );
  writeFileSync(at("copy", path.slice(part.length + 1)), mutated(path, random));
  return at("copy");
}
const named =
  (...names: string[]) =>
  (path: string) =>
    names.includes(basename(path));

/** Puts another content into a file of the folder, and the first one back after the work. */
function spoiled(path: string, random: Random, work: () => Promise<unknown>): () => Promise<void> {
  writeFileSync(at(path), mutated(path, random));
  return async () => {
    try {
      await work();
    } finally {
      writeFileSync(at(path), contentOf(path));
    }
  };
}

it.each(["run", "evaluation"])("results.json of a %s, for a report and a comparison", async (part) => {
  // A comparison takes runs of different data sets.
  mkdirSync(at("other"), { recursive: true });
  const results = new TextDecoder().decode(contentOf(`${part}/results.json`));
  writeFileSync(at("other/results.json"), results.replaceAll(/"hash": "/g, '"hash": "other '));
  await attack(`results.json of a ${part}`, 100, (random) =>
    spoiled(`${part}/results.json`, random, async () => {
      await play("report", at(part));
      requireHarmless(readFileSync(at(part, "report/index.html"), "utf8"));
      await play("compare", at(part), at("other"), "--out", at("comparison.html"));
      requireHarmless(readFileSync(at("comparison.html"), "utf8"));
    }),
  );
});

it("features.json, for a page", async () => {
  await attack("features.json", 100, (random) =>
    spoiled("features/features.json", random, async () => {
      await play("report", at("features"));
      requireHarmless(readFileSync(at("features/report/index.html"), "utf8"));
    }),
  );
});

it("pictures of a run and of an evaluation, for a report", async () => {
  const pictures = [...whole.keys()].filter((path) => /^(run\/(test|jobs)|evaluation|features)\/.*\.png$/.test(path));
  await attack("pictures", 40, (random) => {
    const path = oneOf(pictures, random);
    return spoiled(path, random, () => play("report", at(path.split("/")[0] as string))); // a path has a first part
  });
});

it("models: model.json, weights and segmentation.json", async () => {
  await setBackend("wasm");
  const files = ["model.json", "weights.bin", "segmentation.json"].map((name) => join("run", smallModel, name));
  const notes = contentOf(join("run", smallModel, "segmentation.json"));
  const { files: _, checksum: __, ...unsealed } = JSON.parse(new TextDecoder().decode(notes));
  const attempt = await attack("models", 300, (random, i) => {
    const path = oneOf(files, random);
    writeFileSync(at(path), mutated(path, random));
    // Checksums would find most of it: what a stranger sends has none.
    if (i % 4 > 0 && !path.endsWith("segmentation.json")) {
      writeFileSync(at("run", smallModel, "segmentation.json"), JSON.stringify(unsealed));
    }
    return async () => {
      try {
        const found = await findModel(dirname(at(path)));
        const { model } = await openModel(folderReader(found.folder), "", builtins);
        model.dispose();
      } finally {
        for (const file of files) writeFileSync(at(file), contentOf(file));
      }
    };
  });
  expect(attempt.accepted).toBeGreaterThan(0);
});

it("files of a run, when it is run again", async () => {
  const isState = (path: string) => !/report|events\.jsonl|results\.csv/.test(path);
  await attack("run folders", 30, (random) => {
    const out = damagedCopy("run", isState, random);
    return () => play("run", at("suite.json"), "--out", out, "--executor", "in-process", "--backend", "wasm");
  });
});

it("plan.json and suite.json, for one job", async () => {
  await attack("plans", 40, (random) => {
    const out = damagedCopy("run", named("plan.json", "suite.json", "job.json"), random);
    return () => play("job", out, "unet-bn/fold-0/seed-1");
  });
});

it("predictions.json and predictions, when more is predicted", async () => {
  await attack("predictions", 60, (random) => {
    const out = damagedCopy("predictions", () => true, random);
    return () => play("predict", at("run", smallModel), at("images"), "--out", out, "--backend", "wasm");
  });
});

it("masks and probability maps that are evaluated", async () => {
  await attack("evaluations", 60, (random) => {
    const part = oneOf(["truth", "predictions"], random);
    const copy = damagedCopy(part, () => true, random);
    const [truth, pred] = part === "truth" ? [copy, at("predictions")] : [at("truth"), copy];
    rmSync(at("scores"), { recursive: true, force: true });
    return () => play("evaluate", "--truth", truth, "--predictions", pred, "--out", at("scores"), "--workers", "1");
  });
});

/** Text of files stands in a page as text: no script of theirs, and no character that nobody sees. */
function requireHarmless(page: string): void {
  if (page.includes("<script>alert")) throw new Error("the page runs a script of the file");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not be there
  const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.exec(page);
  if (found) throw new Error(`the page holds ${JSON.stringify(found[0])}`);
}
