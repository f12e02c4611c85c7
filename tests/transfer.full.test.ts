import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Results } from "@em-stellar/core";
import { drawPhantom, encodePng } from "@em-stellar/data";
import { afterAll, beforeAll, expect, it } from "vitest";
import { main } from "../packages/em-stellar/src/cli.js";

// Two kinds of phantoms, under the same file names: the table of transfer against what a person finds who segments the test
// images of the other kind with `predict` and scores the masks with `evaluate`.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-transfer-"));
  const kinds = { bright: { contrast: 0.6, noise: 0.03 }, faint: { contrast: 0.3, noise: 0.08 } };
  for (const [kind, style] of Object.entries(kinds)) {
    for (const [part, count] of [
      ["train", 4],
      ["test", 3],
    ] as const) {
      for (let i = 0; i < count; i++) {
        const look = { ...style, unevenness: 0.1, mitochondria: 3, darkBodies: 1 };
        const { image, mask } = drawPhantom(`${kind}/${part}/${i}`, 64, look);
        put(`${kind}/${part}/images/${i}.png`, encodePng({ ...size, data: image }));
        put(`${kind}/${part}/masks/${i}.png`, encodePng({ ...size, data: mask.map((object) => 255 * object) }));
      }
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const size = { width: 64, height: 64 };

function put(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

/** Runs the command, which must end well; gives what it printed. */
async function emStellar(...args: string[]): Promise<string> {
  let [stdout, stderr] = ["", ""];
  const status = await main(args, {
    stdout: { write: (part: string) => (stdout += part) },
    stderr: { write: (part: string) => (stderr += part) },
    env: {},
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

function read<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(folder, ...path), "utf8"));
}

const dataOf = (kind: string) => ({
  id: "image-folder",
  options: {
    images: `${kind}/train/images`,
    masks: `${kind}/train/masks`,
    testImages: `${kind}/test/images`,
    testMasks: `${kind}/test/masks`,
  },
});

it("every cell of the table is what evaluate says of predict's masks, to the last digit", async () => {
  const suite = {
    name: "bright",
    data: dataOf("bright"),
    transferTo: { faint: dataOf("faint") },
    networks: [{ id: "unet-bn", options: { depth: 2, baseFilters: 4, batchNormMomentum: 0.9 } }],
    loss: "dice",
    optimizer: { id: "adam", options: { learningRate: 0.01 } },
    metrics: ["jaccard", "accuracy"],
    folds: 2,
    training: { patch: 32, batchSize: 4, steps: 60, validateEvery: 30 },
    backend: "wasm",
    baselines: ["otsu"],
  };
  put("suite.json", JSON.stringify(suite));
  const run = join(folder, "run");
  const printed = await emStellar("run", join(folder, "suite.json"), "--out", run, "--executor", "in-process");
  expect(printed).toContain("tested on bright");
  const { transfer, metrics } = read<Results>("run", "results.json");
  expect(transfer?.cells).toHaveLength(4);
  const means = new Set(transfer?.cells.map(({ scores }) => scores.jaccard?.mean));
  expect(means.size).toBe(4); // or equality would say little

  for (const cell of transfer?.cells ?? []) {
    const { trainedOn, testedOn } = cell;
    const method = trainedOn === "bright" ? cell.method : `${cell.method}+on-${trainedOn}`;
    const predictions = join(folder, "predictions", `${trainedOn}-${testedOn}`);
    const images = join(folder, testedOn, "test", "images");
    for (const fold of [0, 1]) {
      const job = join(run, "jobs", method, `fold-${fold}`, "seed-1");
      const out = join(predictions, `fold-${fold}`);
      await emStellar("predict", job, images, "--out", out, "--output", "mask", "--backend", "wasm");
      for (const name of readdirSync(out)) if (!name.endsWith(".png")) rmSync(join(out, name), { recursive: true });
    }
    const scored = join(folder, "scored", `${trainedOn}-${testedOn}`);
    const truth = join(folder, testedOn, "test", "masks");
    const ids = metrics.map(({ id }) => id).join(",");
    await emStellar(
      ...["evaluate", "--truth", truth, "--predictions", predictions, "--out", scored, "--metrics", ids],
      ...["--workers", "1"],
    );
    const { methods } = read<{ methods: { pooled: Record<string, number> }[] }>(
      ...["scored", `${trainedOn}-${testedOn}`, "results.json"],
    );
    expect(methods).toHaveLength(2);
    for (const { id } of metrics) {
      const [first, second] = methods.map(({ pooled }) => pooled[id] as number) as [number, number]; // two folds
      expect(cell.scores[id]?.mean, `${id} of ${trainedOn} on ${testedOn}`).toBe((first + second) / 2);
    }
  }
}, 300_000);
