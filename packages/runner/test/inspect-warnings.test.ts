import "@tensorflow/tfjs-backend-cpu";
import { createRegistry, defineDataSource, definePlugin, memoryStore, type Sample } from "@em-stellar/core";
import { defineSuite, planRun } from "@em-stellar/runner";
import { expect, it } from "vitest";
import { agreement, squaredError, stockAdam, tinyNet } from "./tiny.js";

/** Slices of one stack, each of which is nearly its neighbour; `scale` stretches the values of the test image. */
const stack = defineDataSource({
  id: "stack",
  summary: "For tests.",
  defaults: { groups: false, validation: false, scale: 1, gap: 0 },
  async open({ groups, validation, scale, gap }) {
    const side = 32;
    const sampleOf = (z: number, factor: number): Sample => ({
      id: `slice-${z}`,
      z,
      stack: "stack.tif",
      ...(groups && { group: `block-${Math.floor(z / 2)}` }),
      ...(validation && z === 6 && { validation: true }),
      image: async () => ({
        width: side,
        height: side,
        channels: 1,
        data: Float32Array.from({ length: side * side }, (_, i) => factor * (1 + Math.sin((i + z * 3) / 40))),
      }),
      mask: async () => ({
        width: side,
        height: side,
        data: Uint8Array.from({ length: side * side }, (_, i) => +(i % side > 16)),
        maximum: 1,
      }),
    });
    return {
      train: [1, 2, 3, 4, 5, 6].map((z) => sampleOf(z, 1)),
      test: [sampleOf(60, scale)],
      gap,
      warnings: async () => [{ code: "polarity", message: "from the source" }],
    };
  },
});

async function plan(options: Parameters<typeof stack>[0]) {
  const registry = createRegistry(
    definePlugin({ name: "tiny", version: "1.0.0", components: [agreement, stack, squaredError, stockAdam, tinyNet] }),
  );
  const suite = defineSuite({
    name: "stack",
    data: stack(options),
    networks: [tinyNet()],
    loss: squaredError(),
    optimizer: stockAdam(),
    metrics: [agreement()],
    folds: 3,
    training: { patch: 16, steps: 1 },
  });
  const device = {
    backend: "cpu",
    options: {},
    description: "cpu",
    details: {},
    prepare: <T>(model: T) => model,
    peakBytes: () => 0,
    dispose: async () => {},
  };
  const { warnings, folds } = (await planRun(suite, { registry, device, store: memoryStore() })).plan;
  return { folds, warnings, codes: warnings.map(({ code }) => code) };
}

it("warns of neighbours on both sides of a fold, unless groups keep them together", async () => {
  const { warnings, codes } = await plan({});
  expect(codes).toContain("validation-leak");
  expect(warnings.find(({ code }) => code === "validation-leak")?.message).toMatch(
    /^6 of 6 validation images are nearly.*"slice-\d" and "slice-\d" \(correlation 0\.\d+\).*groupBy or groupRanges.*blocks.*gap/,
  );
  expect((await plan({ groups: true })).codes).not.toContain("validation-leak");
});

it("tells what the data source found out", async () => {
  expect((await plan({})).warnings).toContainEqual({ code: "polarity", message: "from the source" });
});

it("warns of images on another scale", async () => {
  expect((await plan({})).codes).not.toContain("value-range");
  const { warnings } = await plan({ scale: 255 });
  expect(warnings.find(({ code }) => code === "value-range")?.message).toMatch(
    /^Image "slice-60" holds values from .* to 5\d\d/,
  );
});

it("validates on what the data source chose, with its gap", async () => {
  const { folds } = await plan({ validation: true, gap: 2 });
  expect(folds).toEqual([{ train: [0, 1, 2], validation: [5] }]);
});
