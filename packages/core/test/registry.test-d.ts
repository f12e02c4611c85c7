import { type AnyRegistry, createRegistry, defineMetric, definePlugin } from "@em-stellar/core";
import { defineNetwork, type NetworkFactory } from "@em-stellar/core/training";
import { describe, expectTypeOf, it } from "vitest";

interface TinyOptions {
  depth: number;
  head: "faithful" | "stable";
}
const tiny = defineNetwork({
  id: "tiny",
  summary: "A network for this test.",
  defaults: { depth: 1, head: "faithful" },
  stride: ({ depth }) => 2 ** depth,
  build({ depth, head }: TinyOptions, [height, width], seed): never {
    throw new Error(`${depth} ${head} ${height} ${width} ${seed()}`);
  },
});
const plain = defineMetric({
  id: "plain",
  summary: "A metric for this test.",
  defaults: {},
  goal: "maximize",
  range: [0, 1],
  accumulate: () => ({ add() {}, result: () => undefined }),
});
const plugin = definePlugin({ name: "p", version: "1.0.0", components: [tiny, plain] });

describe("types come from values", () => {
  const registry = createRegistry(plugin);
  it("gives the factory of a known id with its options", () => {
    const factory = registry.get("network", "tiny");
    expectTypeOf(factory).toEqualTypeOf<NetworkFactory<"tiny", TinyOptions>>();
    expectTypeOf(factory({ head: "stable" }).stride).toBeNumber();
  });
  it("refuses a misspelt id, kind or option", () => {
    // @ts-expect-error: no network "tinyy"
    expectTypeOf(() => registry.get("network", "tinyy")).toBeFunction();
    // @ts-expect-error: "tiny" is no metric
    expectTypeOf(() => registry.get("metric", "tiny")).toBeFunction();
    // @ts-expect-error: no option "dept"
    expectTypeOf(() => tiny({ dept: 3 })).toBeFunction();
    // @ts-expect-error: no such head
    expectTypeOf(() => tiny({ head: "strange" })).toBeFunction();
  });
  it("a registry of known plugins serves where any registry does", () => {
    const any: AnyRegistry = registry;
    expectTypeOf(any.plugins[0]?.name).toEqualTypeOf<string | undefined>();
  });
});
