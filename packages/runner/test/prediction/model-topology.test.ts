import { describe, expect, it } from "vitest";
import { topologyProblem } from "../../src/prediction/model-topology.js";

type Connection = readonly [string, number, number, object];
const connected = (name: string, ...calls: readonly (readonly Connection[])[]) => ({
  name,
  class_name: "Conv2D",
  config: { name, filters: 2, kernel_size: [3, 3] },
  inbound_nodes: calls,
});
const image = { name: "image", class_name: "InputLayer", config: { name: "image" }, inbound_nodes: [] };
const from = (name: string, call = 0): Connection => [name, call, 0, {}];
const model = (...layers: readonly object[]) => ({ class_name: "Functional", config: { name: "m", layers } });
const problem = (...layers: readonly object[]) => topologyProblem({ model_config: model(...layers) }, 1000);

describe("connections", () => {
  it("may be listed in any order, and a layer may be called twice", () => {
    expect(problem(connected("b", [from("a")]), connected("a", [from("image")]), image)).toBeUndefined();
    const twice = connected("a", [from("image")], [from("a", 0)]);
    expect(problem(image, twice, connected("b", [from("a", 1)]))).toBeUndefined();
  });

  it.each([
    ["a circle of two", [connected("a", [from("b")]), connected("b", [from("a")])]],
    ["itself", [connected("a", [from("a")])]],
    ["a layer that is not there", [connected("a", [from("z")])]],
    ["a call that is never made", [connected("a", [from("image", 1)])]],
    ["a name of every object", [connected("a", [from("constructor")])]],
    ["no list", [{ ...connected("a"), inbound_nodes: [["/proc/self/environ"]] }]],
  ])("to %s are refused: tfjs-layers would wait for ever", (_, layers) => {
    expect(problem(image, ...layers)).toMatch(/wait for each other, or for layers that are not there: "a"/);
  });

  it("are looked at within a model that is a layer of another", () => {
    const inner = { ...model(connected("a", [from("a")])), name: "inner", inbound_nodes: [[from("image")]] };
    expect(problem(image, { ...inner, config: { ...inner.config, name: "inner" } })).toContain('"a"');
  });

  it("of no form that tfjs-layers knows are refused", () => {
    expect(problem(image, { ...connected("a"), inboundNodes: [] })).toContain("inboundNodes");
    expect(problem(image, connected("a", []))).toContain("connection to nothing");
    expect(problem(image, image)).toContain("is not the name of a single layer");
    expect(problem({ ...image, config: { name: "other" } })).toContain("another name inside");
  });
});

describe("sizes", () => {
  const sized = (config: object, weights: number) =>
    topologyProblem(model(image, { ...connected("a", [from("image")]), config: { name: "a", ...config } }), weights);

  it("are those that the file has weights for", () => {
    expect(sized({ filters: 10, kernel_size: [3, 3] }, 90)).toBeUndefined();
    expect(sized({ filters: 11, kernel_size: [3, 3] }, 90)).toContain("needs at least 99 weights");
    expect(sized({ units: 1e12 }, 1e6)).toContain("needs at least");
    expect(sized({ input_dim: 1e6, output_dim: 1e6 }, 1e6)).toContain("needs at least");
    expect(sized({ filters: Number.POSITIVE_INFINITY }, 1e6)).toContain("needs at least");
  });

  it("of layers one after another multiply", () => {
    const wide = { ...connected("a", [from("image")]), config: { name: "a", filters: 30_000, kernel_size: 1 } };
    const wider = { ...connected("b", [from("a")]), config: { name: "b", filters: 30_000, kernel_size: 1 } };
    expect(topologyProblem(model(image, wide, wider), 60_000)).toContain("may need");
  });

  it("of strides and the like end where none has a meaning", () => {
    expect(sized({ strides: [1e9, 1] }, 1000)).toContain("has the setting 1000000000");
    expect(sized({ padding: "same", strides: [2, 2] }, 1000)).toBeUndefined();
  });
});
