import { complexity, type LayerComplexity } from "@em-stellar/analysis/complexity";
import { cpu } from "@em-stellar/backend-cpu";
import { type Device, zeroWeights } from "@em-stellar/core/training";
import { builtins } from "em-stellar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import classics from "../packages/nets-classic/test/fixtures/layers-512.json" with { type: "json" };
import emnets from "../packages/nets-emnet/test/fixtures/layers-512.json" with { type: "json" };
import unets from "../packages/nets-unet/test/fixtures/layers-512.json" with { type: "json" };
// Counted from the authors' notebook, twice (by their own builders on counting stubs, and from tables); from CDeep3M's prototxt
// files and from tables; for prelu-net, segnet and resnet50-unet, of which there is no such code, from tables of our reading.
import published from "./fixtures/network-costs.json" with { type: "json" };

let device: Device;
beforeAll(async () => {
  device = await cpu().start();
});
afterAll(() => device.dispose());

const networks = builtins.list("network").map((network) => ({ id: network.id as string, network }));
const costs: Record<string, (typeof published)["unet"]> = published;

/** A layer in the words of the authors' builders. */
interface LayerRow {
  type: string;
  out: number[];
  trainable?: number;
  nonTrainable?: number;
  macs?: number;
}
const authors: Record<string, LayerRow[]> = { ...unets, ...emnets, ...classics };
const theirNames: Record<string, string> = { EmStellarTlu: "TLU", SpatialDropout2D: "Dropout" };
const row = ({ type, out, trainable = 0, nonTrainable = 0, macs = 0 }: LayerRow) =>
  `${theirNames[type] ?? type} ${out.join("×")}: ${trainable} + ${nonTrainable} weights, ${macs} macs`;
const rowOf = ({ output, macs = 0, ...layer }: LayerComplexity) => row({ ...layer, out: [...output], macs });

it("there are published costs of every network, and of no other", () => {
  expect(networks.map(({ id }) => id).sort()).toEqual(Object.keys(costs).sort());
  expect(Object.keys(authors)).toHaveLength(12);
});

describe.each(networks)("$id", ({ id, network }) => {
  it("draws no weights where only its layers are looked at", () => {
    const model = network({ baseFilters: 2 }).build([64, 64, 1], zeroWeights);
    const starts = model.layers.map((layer) => layer.getConfig());
    const drawn = starts.filter(({ kernelInitializer, kernelStart }) => {
      const { className } = (kernelInitializer ?? { className: "Zeros" }) as { className: string }; // as tfjs saves one
      return className !== "Zeros" || Number(kernelStart) > 0;
    });
    expect(drawn).toEqual([]);
    model.dispose();
  });

  it.each([64, 512] as const)("costs what was published, for an image of side %d", (side) => {
    const { trainable, nonTrainable, convolutions, bySize } = costs[id] ?? expect.fail(`no costs of ${id}`);
    const found = complexity(network(), [side, side, 1]);
    const { macs, ...flops } = bySize[side];
    expect(found).toMatchObject({ trainable, nonTrainable, macs, flops, unknownLayers: [] });
    expect(found.layers.filter(({ type }) => type === "Conv2D")).toHaveLength(convolutions);
    if (side === 64 || !authors[id]) return;
    const theirs = authors[id].filter(({ type }) => type !== "Input");
    expect(found.layers.map(rowOf).sort()).toEqual(theirs.map(row).sort());
  });
});
