import {
  createRandom,
  type MethodResult,
  memoryStore,
  type Results,
  type RunResult,
  type RunStore,
  resultsSchema,
} from "@em-stellar/core";
import { encode } from "fast-png";
import { wordsOf } from "./metric-words.js";

interface SyntheticOptions {
  /** Side of the square test images, in pixels. */
  side: number;
  images: number;
  folds: number;
  seeds: number;
  networks: readonly string[];
  ensembles: number;
  baselines: readonly string[];
  /** The second network's last run fails, and some scores are not defined. */
  troubles: boolean;
}

const defaults: SyntheticOptions = {
  side: 64,
  images: 4,
  folds: 4,
  seeds: 3,
  networks: ["unet-bn", "prelu-net", "unet", "unet-wide"],
  ensembles: 1,
  baselines: ["smoothed-threshold", "otsu", "constant"],
  troubles: true,
};

const metrics = ["jaccard", "f1", "accuracy", "sensitivity", "specificity", "ppv", "npv"];

/** A run that looks like a real one: predictions of invented quality on invented cells, and scores computed from them. */
export async function syntheticRun(
  given: Partial<SyntheticOptions> = {},
): Promise<{ results: Results; store: RunStore }> {
  const options = { ...defaults, ...given };
  const { side, images, folds, seeds, networks } = options;
  const store = memoryStore();
  const scenes = Array.from({ length: images }, (_, i) => scene(side, i));
  for (const { id, grey, truth } of scenes) {
    await store.write(`test/${id}/image.png`, encode({ width: side, height: side, channels: 1, data: grey }));
    await store.write(
      `test/${id}/truth.png`,
      encode({ width: side, height: side, channels: 1, data: truth.map((pixel) => pixel * 255) }),
    );
  }

  const predict = async (folder: string, skill: number) => {
    const tables = await Promise.all(
      scenes.map(async ({ id, truth, depths }, i) => {
        const map = prediction(depths, side, skill * (1 - (0.3 * i) / images), `${folder}/${id}`);
        await store.write(
          `${folder}/${id}.png`,
          encode({ width: side, height: side, channels: 1, depth: 16, data: map }),
        );
        return { image: id, table: confusion(truth, map) };
      }),
    );
    const sum = tables.reduce((all, { table }) => all.map((n, k) => n + (table[k] ?? 0)), [0, 0, 0, 0]);
    return {
      pooled: scores(sum),
      perImage: tables.map(({ image, table }) => {
        const [tn = 0, fp = 0, fn = 0, tp = 0] = table;
        const parts = Object.fromEntries(metrics.map((id) => [id, { tp, fp, tn, fn }]));
        return { image, values: scores(table), parts };
      }),
      predictions: folder,
    };
  };

  const methods: MethodResult[] = [];
  for (const [rank, name] of networks.entries()) {
    const runs: RunResult[] = [];
    for (let fold = 0; fold < folds; fold++) {
      for (let seed = 1; seed <= seeds; seed++) {
        if (options.troubles && rank === 1 && fold === folds - 1 && seed === seeds) {
          runs.push(failed(fold, seed));
          continue;
        }
        const random = createRandom(`${name}/${fold}/${seed}`);
        const skill = Math.max(0.65, 0.88 - 0.035 * rank ** 1.3) + 0.03 * random.normal();
        const tested = await predict(`jobs/${name}/fold-${fold}/seed-${seed}/predictions`, skill);
        const jaccard = tested.pooled.jaccard ?? 0.5;
        const seconds = (70 + 55 * ((rank * 7) % 5)) * (1 + 0.05 * random.normal());
        const history = Array.from({ length: 24 }, (_, k) => {
          const share = (k + 1) / 24;
          const grown = jaccard * (1 - Math.exp(-5 * share)) + 0.03 * random.normal() * (1.2 - share);
          const score = Math.max(0, grown - Math.max(0, share - 0.8) * 0.1);
          const loss = 0.6 * Math.exp(-3.5 * share) + 0.08 + 0.01 * Math.abs(random.normal());
          const validation: Record<string, number> = { loss: loss * 1.1 + Math.max(0, share - 0.7) * 0.2 };
          for (const id of metrics) {
            validation[id] = id === "jaccard" ? score : Math.min(1, ((tested.pooled[id] ?? 1) * score) / jaccard);
          }
          return { step: 20 * (k + 1), seconds: seconds * share, loss, validation };
        });
        const best = history.reduce((a, b) => ((b.validation.jaccard ?? 0) > (a.validation.jaccard ?? 0) ? b : a));
        runs.push({
          fold,
          seed,
          state: "done",
          checkpoint: { criterion: "jaccard", step: best.step, value: best.validation.jaccard ?? null },
          threshold: 0.5,
          steps: 480,
          seconds,
          validation: best.validation,
          history,
          ...tested,
        });
      }
    }
    methods.push(
      finish({
        name,
        kind: "network",
        components: [
          {
            kind: "network",
            id: name,
            options: { depth: 4, baseFilters: 8 + 4 * rank, head: "stable", dropout: null },
            package: "@em-stellar/nets-unet",
            version: "0.1.0",
          },
          { kind: "loss", id: "jaccard-log", options: {}, package: "@em-stellar/losses", version: "0.1.0" },
          {
            kind: "optimizer",
            id: "radam",
            options: { learningRate: 0.005, warmup: 0.1 },
            package: "@em-stellar/optimizers",
            version: "0.1.0",
          },
        ],
        parameters: { trainable: 120_000 * (1 + rank * rank), nonTrainable: 1200 },
        complexity: complexityOf(2.1e9 * (1 + ((rank * 5) % 7)), rank === networks.length - 1),
        runs,
      }),
    );
  }
  for (let i = 0; i < options.ensembles; i++) {
    const name = `${i % 2 === 0 ? "average" : "majority"}-top-${5 + i}-by-jaccard`;
    const tested = await predict(`ensembles/${name}/predictions`, 0.9 - 0.01 * i);
    methods.push(
      finish({
        name,
        kind: "ensemble",
        components: [
          { kind: "ensemble", id: "average", options: {}, package: "@em-stellar/ensemble", version: "0.1.0" },
        ],
        runs: [
          {
            fold: 0,
            seed: 1,
            state: "done",
            threshold: 0.5,
            steps: 0,
            seconds: 1.2,
            validation: {},
            history: [],
            members: networks.slice(0, 5).map((network, fold) => `${network}/fold-${fold % folds}/seed-1`),
            ...tested,
          },
        ],
      }),
    );
  }
  for (const [rank, name] of options.baselines.entries()) {
    const runs: RunResult[] = [];
    for (let fold = 0; fold < folds; fold++) {
      const tested = await predict(
        `jobs/${name}/fold-${fold}/seed-1/predictions`,
        name === "constant" ? 0 : 0.6 - 0.12 * rank + 0.01 * fold,
      );
      runs.push({
        fold,
        seed: 1,
        state: "done",
        threshold: 0.5,
        steps: 0,
        seconds: 0.4,
        validation: tested.pooled,
        history: [],
        learnt: name === "constant" ? { probability: 0 } : { sigma: 3, threshold: 100 + fold },
        ...tested,
      });
    }
    methods.push(
      finish({
        name,
        kind: "baseline",
        components: [{ kind: "baseline", id: name, options: {}, package: "@em-stellar/baselines", version: "0.1.0" }],
        runs,
      }),
    );
  }

  const train = Array.from({ length: 4 * folds }, (_, i) => `${"ABCDEFGH"[i % folds]}000${Math.floor(i / folds)}`);
  const results = {
    schemaVersion: 1,
    suite: "cardiac",
    finished: "2026-03-01T14:05:09.000Z",
    metrics: metrics.map((id) => ({
      ...wordsOf(id),
      id,
      goal: "maximize",
      range: [0, 1],
      options: id === "accuracy" ? {} : { positive: "object" },
    })),
    rankedBy: "jaccard",
    data: {
      source: {
        kind: "data",
        id: "image-folder",
        options: { images: "train/images/*.tif", masks: "train/masks/*.tif", groupBy: "^[A-D]" },
        package: "@em-stellar/data",
        version: "0.1.0",
      },
      train: train.length,
      test: images,
      groups: [...new Set(train.map((id) => id.slice(0, 1)))],
      folds: Array.from({ length: folds }, (_, fold) => ({
        train: train.filter((_, i) => i % folds !== fold),
        validation: train.filter((_, i) => i % folds === fold),
      })),
      foreground: 0.31,
      hash: "3f7c1b5e9a0d2c4486f1e0b7a95d3c2e1f0a9b8c7d6e5f40312233445566778f",
      testImages: scenes.map(({ id }) => ({
        id,
        width: side,
        height: side,
        image: `test/${id}/image.png`,
        truth: `test/${id}/truth.png`,
      })),
    },
    training: {
      patch: 96,
      batchSize: 4,
      steps: 480,
      validateEvery: 20,
      checkpoints: ["jaccard"],
      foreground: null,
      threshold: "fixed",
      normalization: { method: "z-score", scope: "image" },
      augmentation: { rotation: 90, zoom: 0.2, flipHorizontal: true, fill: "constant" },
      seeds: Array.from({ length: seeds }, (_, i) => i + 1),
      split: { grouped: true, stratify: false, seed: 1 },
    },
    environment: {
      "em-stellar": "0.1.0",
      node: "20.20.0",
      "@tensorflow/tfjs-core": "4.22.0",
      backend: "wasm",
      device: "AMD EPYC 7763, 1 thread, SIMD",
    },
    methods: methods.toReversed(),
    warnings: options.troubles
      ? [
          {
            code: "leak",
            message:
              'Test image "A0004" is nearly the training image "A0003" (correlation 0.981). Scores on it show how well a method remembers, not how well it segments new images.',
          },
          { code: "job-failed", message: "prelu-net: the loss became NaN at step 120." },
        ]
      : [],
  };
  return { results: resultsSchema.parse(results), store };
}

function finish(method: Omit<MethodResult, "pooled">): MethodResult {
  const done = method.runs.filter(({ state }) => state === "done");
  const pooled = metrics.map((id) => {
    const values = done.map((run) => run.pooled[id]).filter((value) => typeof value === "number");
    return [id, values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length];
  });
  return { ...method, pooled: Object.fromEntries(pooled) };
}

function failed(fold: number, seed: number): RunResult {
  return {
    fold,
    seed,
    state: "failed",
    failure: "the loss became NaN. Lower the learning rate (now 0.005), or clip gradients.",
    threshold: 0.5,
    steps: 120,
    seconds: 0,
    validation: {},
    pooled: {},
    perImage: [],
    history: [],
    predictions: "",
  };
}

/** Bright tissue with dark round bodies. */
function scene(side: number, index: number) {
  const random = createRandom(`scene ${index}`);
  const bodies = Array.from({ length: 9 }, () => ({
    x: random.uniform(0, side),
    y: random.uniform(0, side),
    a: random.uniform(0.05, 0.15) * side,
    b: random.uniform(0.05, 0.11) * side,
    turn: random.uniform(0, Math.PI),
  }));
  const truth = new Uint8Array(side * side);
  const depths = new Float32Array(side * side);
  const grey = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const depth = Math.max(
        ...bodies.map(({ x: u, y: v, a, b, turn }) => {
          const [dx, dy] = [x - u, y - v];
          const [p, q] = [dx * Math.cos(turn) + dy * Math.sin(turn), dy * Math.cos(turn) - dx * Math.sin(turn)];
          return 1 - Math.hypot(p / a, q / b);
        }),
      );
      depths[y * side + x] = depth;
      truth[y * side + x] = depth > 0 ? 1 : 0;
      const cristae = depth > 0 ? 25 * Math.sin((x + y * 0.6) * (60 / side)) : 0;
      const texture = 14 * Math.sin(x * (21 / side)) * Math.cos(y * (17 / side));
      grey[y * side + x] = Math.min(
        255,
        Math.max(
          0,
          (depth > 0 ? 85 : 165) + (Math.abs(depth) < 0.05 ? -50 : 0) + cristae + texture + 14 * random.normal(),
        ),
      );
    }
  }
  return { id: `${"ABCDEFGH"[index % 8]}${String(4 + Math.floor(index / 8)).padStart(4, "0")}`, grey, truth, depths };
}

/** The bodies, their outlines moved by smooth noise: skill 1 is perfect, 0 finds nothing. */
function prediction(depths: Float32Array, side: number, skill: number, label: string): Uint16Array {
  const map = new Uint16Array(side * side);
  if (skill <= 0) return map;
  const random = createRandom(label);
  const waves = Array.from({ length: 10 }, () => ({
    u: random.uniform(-40, 40) / side,
    v: random.uniform(-40, 40) / side,
    phase: random.uniform(0, 6.3),
  }));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const noise = waves.reduce((sum, { u, v, phase }) => sum + Math.sin(u * x + v * y + phase), 0) / 5;
      const i = y * side + x;
      const depth = Math.max(-0.5, Math.min(0.5, depths[i] as number));
      map[i] = Math.round(65535 / (1 + Math.exp(-8 * (depth + noise * (1 - skill) * 1.2))));
    }
  }
  return map;
}

function confusion(truth: Uint8Array, map: Uint16Array): number[] {
  const table = [0, 0, 0, 0];
  truth.forEach((isObject, i) => {
    const cell = (isObject ? 2 : 0) + ((map[i] as number) / 65535 > 0.5 ? 1 : 0);
    table[cell] = (table[cell] as number) + 1;
  });
  return table;
}

function scores([tn = 0, fp = 0, fn = 0, tp = 0]: readonly number[]): Record<string, number | null> {
  const ratio = (a: number, b: number) => (b === 0 ? null : a / b);
  return {
    jaccard: ratio(tp, tp + fp + fn),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    accuracy: ratio(tp + tn, tn + fp + fn + tp),
    sensitivity: ratio(tp, tp + fn),
    specificity: ratio(tn, tn + fp),
    ppv: ratio(tp, tp + fp),
    npv: ratio(tn, tn + fn),
  };
}

/** What a network of so many multiply-accumulates costs for one patch, with a layer that does not count itself or without. */
function complexityOf(macs: number, unknown: boolean): NonNullable<MethodResult["complexity"]> {
  return {
    height: 256,
    width: 256,
    channels: 1,
    macs,
    flops: { conv: 2 * macs, tfProfiler: 2.004 * macs, allOp: 2.007 * macs },
    unknownLayers: unknown ? [{ name: "attention", type: "Attention" }] : [],
  };
}
