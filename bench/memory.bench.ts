/**
 * How much memory a training takes on `wasm`, each in a process of its own, because this memory never shrinks.
 * `npm run bench memory`; with `-- --large --python PYTHON` also the paper's full U-net, unet-bn with base 64 on four patches of
 * 512² pixels, in three steps, whose losses are compared with those of PyTorch from the same weights (scripts/install-torch.sh prints a
 * PYTHON). This takes up to 20 minutes.
 */
import { execFileSync, fork } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeNetwork } from "./gpu/describe-network.js";
import { type Case, imagesOf, rehearse, type Trained, train } from "./memory/train.js";

const entry = fileURLToPath(import.meta.url);
const largest: Case = {
  network: "unet-bn",
  base: 64,
  side: 512,
  batch: 4,
  microBatch: 1,
  recompute: false,
  steps: 3,
  rate: 0.05,
};

/** Two steps of Adam each. Base 16 at 512² × 4 is the paper's patch and batch. */
const cases: readonly Case[] = (
  [
    ["unet-bn", 16, 256, 1],
    ["unet-bn", 16, 512, 4],
    ["prelu-net", 16, 256, 1],
    ["em-net-v1-bn-2x", 8, 256, 1],
    ["resnet", 16, 256, 1],
  ] as const
).flatMap(([network, base, side, batch]) =>
  [false, true].map((recompute) => ({
    network,
    base,
    side,
    batch,
    microBatch: batch,
    recompute,
    steps: 2,
    rate: null,
  })),
);

async function printTable(): Promise<void> {
  console.log(
    "network, base, patch and batch: MiB of wasm memory with activations kept, and computed again (and as a run tells before it starts)",
  );
  for (let i = 0; i < cases.length; i += 2) {
    const [kept, again] = cases.slice(i, i + 2) as [Case, Case];
    const { network, base, side, batch } = kept;
    const [{ heapMiB: before }, { heapMiB: after }] = [await apart(kept), await apart(again)];
    const [toldBefore, toldAfter] = [await rehearse(kept), await rehearse(again)];
    console.log(`${network}, ${base}, ${side}² × ${batch}: ${before} (${toldBefore}), ${after} (${toldAfter})`);
  }
}

/** Trains in a process of its own; with a folder, leaves there what PyTorch needs to do the same. */
function apart(given: Case, folder?: string): Promise<Trained> {
  const child = fork(entry, ["--case", JSON.stringify(given), ...(folder === undefined ? [] : ["--folder", folder])]);
  return new Promise((resolve, reject) => {
    child.once("message", (trained) => resolve(trained as Trained));
    child.once("exit", (status) => reject(new Error(`The training ended with status ${status}.`)));
  });
}

async function trainHere(given: Case, folder: string | undefined): Promise<void> {
  const trained = await train(given, (model) => {
    if (folder === undefined) return;
    const file = openSync(join(folder, "values.f32"), "w");
    const weights: Record<string, (number | null)[][]> = {};
    for (const layer of model.layers) {
      if (layer.trainableWeights.length === 0) continue;
      weights[layer.name] = layer.trainableWeights.map(({ shape }) => shape);
      for (const weight of layer.trainableWeights) writeSync(file, weight.read().dataSync() as Float32Array);
    }
    const { images, masks } = imagesOf(given);
    writeSync(file, images);
    writeSync(file, masks);
    closeSync(file);
    const { batch, side, microBatch, steps, rate: learningRate } = given;
    const described = { network: describeNetwork(model), weights, images: [batch, side, side, 1] };
    writeFileSync(join(folder, "network.json"), JSON.stringify({ ...described, microBatch, steps, learningRate }));
  });
  process.send?.(trained);
  process.disconnect();
}

async function compareLargest(python: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-memory-"));
  try {
    for (const recompute of [false, true]) {
      const trained = await apart({ ...largest, recompute }, folder);
      console.log(`recompute: ${recompute}, ${trained.heapMiB} MiB of wasm memory, losses ${trained.losses.join(" ")}`);
    }
    const script = fileURLToPath(new URL("memory/torch_losses.py", import.meta.url));
    console.log(`PyTorch: ${execFileSync(python, [script, folder], { encoding: "utf8" })}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({
  options: {
    large: { type: "boolean", default: false },
    python: { type: "string", default: "python3" },
    case: { type: "string" },
    folder: { type: "string" },
  },
});
if (values.case !== undefined) await trainHere(JSON.parse(values.case) as Case, values.folder);
else if (values.large) await compareLargest(values.python);
else await printTable();
