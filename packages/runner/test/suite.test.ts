import { createRegistry, defineMetric, definePlugin } from "@em-stellar/core";
import { defineSuite, describeSuite, parseSuite, type SuiteDefinition } from "@em-stellar/runner";
import { describe, expect, it } from "vitest";
import { agreement, discData, squaredError, stockAdam, tinyNet } from "./tiny.js";

const registry = createRegistry(
  definePlugin({ name: "tiny", version: "1.2.3", components: [agreement, discData, squaredError, stockAdam, tinyNet] }),
);
const definition: SuiteDefinition = {
  name: "small",
  data: discData(),
  networks: [tinyNet()],
  loss: squaredError(),
  optimizer: stockAdam(),
  metrics: [agreement()],
  training: { patch: 16 },
};
const json = {
  name: "small",
  data: "discs",
  networks: ["tiny-net"],
  loss: "squared-error",
  optimizer: "stock-adam",
  metrics: ["agreement"],
};
const refusalOf = (change: Partial<SuiteDefinition>) => () => defineSuite({ ...definition, ...change });

describe("a suite is refused before any work, in words that say what to do", () => {
  it("a patch that is not a multiple of the stride, with the nearest that are", () => {
    expect(refusalOf({ networks: [tinyNet({ stride: 16 })], training: { patch: 100 } })).toThrow(
      'Suite "small": training.patch is 100, but network "tiny-net" takes sides that are multiples of 16. Nearest: 96 or 112.',
    );
    expect(refusalOf({ networks: [tinyNet({ stride: 16 })], training: { patch: 8 } })).toThrow("Nearest: 16.");
  });
  it("a checkpoint criterion or ranking that is no metric of the suite", () => {
    expect(refusalOf({ training: { patch: 16, checkpoints: ["agrement"] } })).toThrow(
      'training.checkpoints[0] is "agrement", which is none of the suite\'s metrics. Did you mean "agreement"? Available: loss, agreement.',
    );
    expect(refusalOf({ rankBy: "loss" })).toThrow('rankBy is "loss"');
  });
  it.each([
    [{ networks: [] }, "networks is empty"],
    [{ seeds: [1, 1] }, "each once"],
    [{ folds: 1 }, "folds must be at least 2"],
    [{ name: "a/b" }, "the name becomes part of paths"],
    [{ metrics: [agreement(), agreement()] }, 'the metric "agreement" is listed twice'],
    [{ training: { patch: 16, steps: 0 } }, "training.steps must be a whole number of at least 1, but is 0"],
    [{ training: { patch: 16, foreground: 2 } }, "training.foreground is a share between 0 and 1"],
    [{ augmentation: { brightness: -1 } }, "augmentation.brightness must be a number from 0 (off) to 100, but is -1."],
    [{ augmentation: { contrast: 1 } }, "augmentation.contrast must be a number from 0 (off) to 0.99, but is 1."],
    [
      { training: { patch: 16 }, augmentation: { blur: 6 } },
      "augmentation.blur must be a number from 0 (off) to 5.33, but is 6.",
    ],
  ] as [Partial<SuiteDefinition>, string][])("%o", (change, message) => {
    expect(refusalOf(change)).toThrow(message);
  });
});

describe("a metric twice with other options", () => {
  const lag = defineMetric({
    id: "lag",
    summary: "For tests.",
    defaults: { scale: 1, from: "start" },
    goal: "minimize",
    range: [0, null],
    accumulate: () => ({ add() {}, result: () => 0 }),
  });
  it("is named by what sets the second apart, wherever a score is named", () => {
    const change: Partial<SuiteDefinition> = {
      metrics: [agreement(), lag(), lag({ from: "end" })],
      rankBy: "lag:end",
      training: { patch: 16, checkpoints: ["lag", "lag:end"] },
    };
    expect(defineSuite({ ...definition, ...change }).rankBy).toBe("lag:end");
    expect(refusalOf({ metrics: [lag(), lag({ scale: 2 })], rankBy: "lag:3" })).toThrow(
      'rankBy is "lag:3", which is none of the suite\'s metrics. Did you mean "lag:2"? Available: lag, lag:2.',
    );
  });
});

describe("a suite as JSON", () => {
  it("makes the same suite as code does", () => {
    const parsed = parseSuite({ ...json, training: { patch: 16 } }, registry);
    expect(describeSuite(parsed, registry)).toEqual(describeSuite(defineSuite(definition), registry));
  });
  it("survives being written out and read back", () => {
    const written = describeSuite(defineSuite({ ...definition, augmentation: null, folds: 3 }), registry);
    const again = describeSuite(parseSuite(JSON.parse(JSON.stringify(written)), registry), registry);
    expect(again).toEqual(written);
    expect(written.networks[0]).toEqual({
      kind: "network",
      id: "tiny-net",
      options: { filters: 4, stride: 2 },
      package: "tiny",
      version: "1.2.3",
    });
  });
  it("names the place of every mistake at once", () => {
    expect(() =>
      parseSuite(
        { ...json, networks: ["tiny-net", "tinny-net"], loss: { id: "squared-error", options: { factr: 2 } } },
        registry,
      ),
    ).toThrow(
      'The suite cannot be run.\n  networks[1]: No network named "tinny-net". Did you mean "tiny-net"? Available: tiny-net.\n  loss: loss "squared-error" has no option "factr". Did you mean "factor"? Available: factor.',
    );
    expect(() => parseSuite({ ...json, training: { patch: "16" }, fold: 3 }, registry)).toThrow(
      /A suite has no field "fold"\. Did you mean "folds"\?\n {2}training\.patch takes a number, but is "16"\./,
    );
  });
});
