import "@tensorflow/tfjs-backend-cpu";
import {
  createRegistry,
  definePlugin,
  encodeText,
  memoryStore,
  type RunStore,
  readJson,
  writeJson,
} from "@em-stellar/core";
import { applyLayer, type Device, defineNetwork } from "@em-stellar/core/training";
import { readProbabilityPng } from "@em-stellar/data";
import { defineSuite, openModel, parseModelNotes, predictImage, runSuite } from "@em-stellar/runner";
import { memory, setBackend, type Tensor } from "@tensorflow/tfjs-core";
import { input, layers, model } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { agreement, discData, discs, squaredError, stockAdam, tinyNet } from "../tiny.js";

class Twin extends layers.Layer {
  static readonly className = "TwinOfOpenModelTest";
  override call(inputs: Tensor | Tensor[]): Tensor {
    return Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
  }
}

/** A network that cannot be loaded without its plugin. */
const twinNet = defineNetwork({
  id: "twin-net",
  summary: "A layer of its own, for tests.",
  citation: "Twin A. et al., Twins, 2026",
  defaults: {},
  layers: [Twin],
  stride: () => 1,
  build(_, shape) {
    const image = input({ shape: [...shape] });
    const last = layers.conv2d({ filters: 1, kernelSize: 3, padding: "same", activation: "sigmoid" });
    return model({ inputs: image, outputs: applyLayer(last, applyLayer(new Twin({ name: "twin" }), image)) });
  },
});

const others = definePlugin({
  name: "others",
  version: "1.2.3",
  components: [agreement, discData, squaredError, stockAdam],
});
const networks = definePlugin({ name: "my-nets", version: "0.3.0", components: [tinyNet, twinNet] });
const registry = createRegistry(others, networks);
const device: Device = {
  backend: "cpu",
  options: {},
  description: "cpu (for tests)",
  details: { "tfjs-core": "4" },
  prepare: (built) => built,
  peakBytes: () => memory().numBytes,
  dispose: async () => {},
};
const size = 31; // odd: padded by one to the stride of 2

/** A finished run, and a checkpoint of it that was copied elsewhere, alone. */
async function trained(
  normalization: "image" | "training-set",
  network = tinyNet({ filters: 3 }) as ReturnType<typeof tinyNet>,
) {
  const suite = defineSuite({
    name: "small",
    data: discData({ size }),
    networks: [network],
    loss: squaredError(),
    optimizer: stockAdam(),
    metrics: [agreement()],
    folds: 2,
    seeds: [5],
    training: {
      patch: 16,
      batchSize: 2,
      steps: 4,
      validateEvery: 2,
      checkpoints: ["agreement"],
      threshold: "validation",
      normalization: { method: "min-max", scope: normalization },
    },
  });
  const store = memoryStore();
  for await (const _ of runSuite(suite, { registry, device, store, environment: { node: "20" } })) {
    // to its end
  }
  const job = `jobs/${network.id}/fold-1/seed-5`;
  const copy = memoryStore();
  for (const path of await store.list(`${job}/checkpoints/agreement`)) {
    await copy.write(path.slice(`${job}/checkpoints/agreement/`.length), (await store.read(path)) as Uint8Array);
  }
  return { store, job, copy };
}

beforeAll(async () => {
  await setBackend("cpu");
});

describe("a checkpoint that was copied elsewhere, alone", () => {
  it.each(["image", "training-set"] as const)(
    "predicts what the run has stored of its test images, normalised by %s",
    async (scope) => {
      const { store, job, copy } = await trained(scope);
      const { model: opened, notes } = await openModel(copy, "", registry);
      if (!notes) throw new Error("no notes");
      for (const sample of discs(2, { size, seed: 2, prefix: "test" })) {
        const map = await predictImage(opened, await sample.image(), notes);
        const file = `${job}/predictions/${sample.id}.png`;
        const stored = readProbabilityPng((await store.read(file)) as Uint8Array, file);
        expect(Array.from(map.data, (p) => Math.ceil(p * 65535 - 0.5))).toEqual([...stored.data]);
        expect(map.threshold).toBe(notes.threshold);
      }
      opened.dispose();
    },
  );

  it("says what it is, how it was made, and how it is used", async () => {
    const { store, job, copy } = await trained("training-set");
    const { result } = (await readJson(store, `${job}/metrics.json`)) as {
      result: { checkpoint: object; threshold: number };
    };
    const { dataHash } = (await readJson(store, "manifest.json")) as { dataHash: string };
    const images = await Promise.all(discs(4, { size }).map((sample) => sample.image()));
    const notes = parseModelNotes(await readJson(copy, "segmentation.json"));
    expect(notes).toMatchObject({
      schemaVersion: 1,
      stride: 2,
      channels: 1,
      threshold: result.threshold,
      normalization: { method: "min-max", scope: "training-set" },
      network: {
        kind: "network",
        id: "tiny-net",
        options: { filters: 3, stride: 2 },
        package: "my-nets",
        version: "0.3.0",
      },
      loss: { id: "squared-error", options: { factor: 1 }, package: "others", version: "1.2.3" },
      optimizer: { id: "stock-adam", options: { learningRate: 0.02 } },
      training: { suite: "small", method: "tiny-net", fold: 1, seed: 5, images: 2, dataHash, ...result.checkpoint },
      environment: { node: "20", backend: "cpu", device: "cpu (for tests)", "tfjs-core": "4" },
    });
    expect(new Date(notes.saved ?? "").getFullYear()).toBeGreaterThan(2020);
    const { lowest = 0, highest = 0 } = notes.training ?? {};
    const all = images.map(({ data }) => [...data]);
    expect(all.flat()).toContain(lowest);
    expect(all.flat()).toContain(highest);
    // Darkest of the training images to 0, brightest to 1.
    expect(notes.normalization).toMatchObject({ offset: lowest, scale: 1 / (highest - lowest) });
  });

  it("needs the plugin of its network's own layers, by name", async () => {
    const { copy } = await trained("image", twinNet() as unknown as ReturnType<typeof tinyNet>);
    const { serialization } = await import("@tensorflow/tfjs-core");
    const known = serialization.SerializationMap.getMap().classNameMap;
    const twin = known.TwinOfOpenModelTest;
    delete known.TwinOfOpenModelTest; // as in a process that has not built the network
    await expect(openModel(copy, "", createRegistry(others))).rejects.toThrow(
      "has layers of the class TwinOfOpenModelTest, which none of the networks here provides. It belongs to my-nets 0.3.0: give that plugin too.",
    );
    if (twin) known.TwinOfOpenModelTest = twin;
    const { model: opened, notes } = await openModel(copy, "", registry);
    expect(opened.layers.map(({ name }) => name)).toContain("twin");
    expect(notes?.citation).toBe("Twin A. et al., Twins, 2026");
  });
});

describe("a folder with a model", () => {
  let copy: RunStore;
  beforeAll(async () => {
    ({ copy } = await trained("image"));
  });
  /** Without the checksums that a change would contradict: what else is wrong is told without them too. */
  const withoutChecksums = async () => {
    const { checksum, files, ...notes } = (await readJson(copy, "segmentation.json")) as Record<string, unknown>;
    return notes;
  };
  const changed = async (path: string, content: Uint8Array | undefined): Promise<RunStore> => {
    const store = memoryStore();
    for (const file of await copy.list("")) await store.write(file, (await copy.read(file)) as Uint8Array);
    await writeJson(store, "segmentation.json", await withoutChecksums());
    if (content) await store.write(path, content);
    else await store.remove(path);
    return store;
  };
  const json = (value: unknown) => encodeText(JSON.stringify(value));

  it("that is no model, or a damaged one, is refused, and the file is named", async () => {
    const weights = (await copy.read("weights.bin")) as Uint8Array;
    const saved = (await readJson(copy, "model.json")) as object;
    const notes = await withoutChecksums();
    const cases: [path: string, content: Uint8Array | undefined, message: string | RegExp][] = [
      ["model.json", undefined, "There is no model in memory: model.json is missing."],
      ["model.json", encodeText("{ cut off"), "memory/model.json is not a JSON object"],
      ["model.json", json({ name: "suite" }), "is not a model of tfjs-layers"],
      ["model.json", json({ ...saved, format: "graph-model" }), "is a graph model, whose layers are gone"],
      ["model.json", json({ ...saved, modelTopology: { class_name: "Model" } }), /model\.json cannot be loaded: /],
      ["weights.bin", undefined, "memory/weights.bin is missing, a file of weights that model.json names."],
      ["weights.bin", weights.subarray(4), /have \d+ bytes instead of \d+\. Copy the folder again\./],
      [
        "segmentation.json",
        json({ ...notes, normalization: undefined }),
        /segmentation\.json cannot be used: normalization: /,
      ],
      [
        "segmentation.json",
        json({ ...notes, normalization: { method: "z-score", scope: "training-set" } }),
        'normalization: needs "offset" and "scale" for the scope "training-set".',
      ],
      ["segmentation.json", json({ ...notes, threshold: 2 }), /cannot be used: threshold: /],
    ];
    for (const [path, content, message] of cases) {
      await expect(openModel(await changed(path, content), "", registry), `${path}: ${message}`).rejects.toThrow(
        message,
      );
    }
  });

  it("may lack notes, or they say no more than how to normalise", async () => {
    expect((await openModel(await changed("segmentation.json", undefined), "", registry)).notes).toBeUndefined();
    const short = { normalization: { method: "z-score", scope: "image" } };
    const { notes } = await openModel(await changed("segmentation.json", json(short)), "", registry);
    expect(notes).toEqual({ ...short, threshold: 0.5 });
  });

  it("may have its weights in several files, as converters write them", async () => {
    const weights = (await copy.read("weights.bin")) as Uint8Array;
    const saved = (await readJson(copy, "model.json")) as { weightsManifest: [{ weights: object[] }] };
    const store = await changed("weights.bin", undefined);
    await store.write("group1-shard1of2.bin", weights.subarray(0, 20));
    await store.write("group1-shard2of2.bin", weights.subarray(20));
    const paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
    await writeJson(store, "model.json", { ...saved, weightsManifest: [{ ...saved.weightsManifest[0], paths }] });
    const [a, b] = [await openModel(copy, "", registry), await openModel(store, "", registry)];
    expect(b.model.getWeights().map((weight) => weight.dataSync())).toEqual(
      a.model.getWeights().map((weight) => weight.dataSync()),
    );
  });
});
