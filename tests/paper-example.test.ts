import { builtins, type Suite } from "em-stellar";
import { afterEach, describe, expect, test, vi } from "vitest";

const suites = {
  "networks-cardiac": () => import("../examples/paper/networks-cardiac.js"),
  "networks-habenula": () => import("../examples/paper/networks-habenula.js"),
  "losses-cardiac": () => import("../examples/paper/losses-cardiac.js"),
  "losses-habenula": () => import("../examples/paper/losses-habenula.js"),
  "batch-sizes": () => import("../examples/paper/batch-sizes.js"),
  optimizers: () => import("../examples/paper/optimizers.js"),
  "training-images": () => import("../examples/paper/training-images.js"),
};
const names = Object.keys(suites) as (keyof typeof suites)[];

/** All suites of examples/paper in one size. */
async function inSize(size: string): Promise<Record<keyof typeof suites, Suite>> {
  vi.stubEnv("PAPER_SIZE", size);
  vi.resetModules();
  const entries = await Promise.all(
    names.map(async (name) => [name, (await suites[name]()).default as Suite] as const),
  );
  return Object.fromEntries(entries) as Record<keyof typeof suites, Suite>;
}

afterEach(() => vi.unstubAllEnvs());

describe("examples/paper", () => {
  test.each(["quick", "half", "paper"])(
    "%s: every suite has patches that its networks take, and a name of its own",
    async (size) => {
      const all = await inSize(size);
      for (const name of names) {
        const { networks, trainings, name: own } = all[name];
        expect(own).toBe(`${name}-${size}`);
        for (const { options } of trainings) {
          for (const network of networks) expect(options.patch % network.stride, `${name}: ${network.id}`).toBe(0);
          expect(options.steps, name).toBeGreaterThanOrEqual(2 * options.validateEvery - 2);
        }
      }
    },
  );

  test("paper: networks as wide as the paper's, six folds, RAdam with a warm-up over a tenth, batches of 4, 8 and 16", async () => {
    const all = await inSize("paper");
    const { networks, folds, optimizers } = all["networks-cardiac"];
    expect(networks).toHaveLength(14);
    for (const { id, options } of networks) expect(options, id).toEqual(builtins.lookup("network", id).defaults);
    expect(folds).toBe(6);
    expect(optimizers.map(({ id, options }) => [id, options])).toEqual([
      ["radam", expect.objectContaining({ learningRate: 1e-3, warmupProportion: 0.1 })],
    ]);
    expect(all["networks-habenula"].networks).toHaveLength(12);
    const batches = all["batch-sizes"].trainings.map(({ options }) => [options.batchSize, options.steps]);
    expect(batches).toEqual([
      [4, 20_000],
      [8, 20_000],
      [16, 20_000],
      [16, 5000], // as many patches as the first
    ]);
  });

  test("quick: narrower networks, and otherwise the same", async () => {
    const [quick, paper] = [await inSize("quick"), await inSize("paper")];
    const idsOf = ({ networks }: Suite) => networks.map(({ id }) => id);
    for (const name of ["networks-cardiac", "networks-habenula", "training-images"] as const) {
      expect(idsOf(quick[name])).toEqual(idsOf(paper[name]));
    }
    quick["networks-cardiac"].networks.forEach(({ id, options }, i) => {
      const full = paper["networks-cardiac"].networks[i]?.options as { baseFilters: number };
      const share = (options as { baseFilters: number }).baseFilters / full.baseFilters;
      expect(share, id).toBeGreaterThanOrEqual(1 / 8);
      expect(share, id).toBeLessThanOrEqual(1 / 4);
    });
  });

  test("a size that is none is refused by its name", async () => {
    await expect(inSize("small")).rejects.toThrow('There is no size "small". PAPER_SIZE may be quick, half, paper.');
  });
});
