import { readFileSync } from "node:fs";
import {
  createRegistry,
  DuplicateComponentError,
  defineEnsemble,
  defineMetric,
  definePlugin,
  EmStellarError,
  NoSuchComponentError,
} from "@em-stellar/core";
import { describe, expect, it } from "vitest";

const metric = <const Id extends string>(id: Id) =>
  defineMetric({
    id,
    summary: `The metric ${id}.`,
    defaults: {},
    goal: "maximize",
    range: [0, 1],
    accumulate: () => ({ add() {}, result: () => undefined }),
  });
const average = defineEnsemble({
  id: "average",
  summary: "The first.",
  defaults: {},
  combine: ([first]) => first as NonNullable<typeof first>,
});
const dice = metric("dice");
const vRand = metric("v-rand");
const vInfo = metric("v-info");

const first = definePlugin({ name: "first", version: "1.2.3", components: [vRand, average] });
const second = definePlugin({ name: "second", version: "0.1.0", components: [dice, vInfo] });
const registry = createRegistry(first, second);

describe("two copies of core", () => {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );

  it("a plugin carries the version of the core that it was defined with", () => {
    expect(first.core).toBe(version);
  });

  it("are told of where a plugin of one meets the registry of the other", () => {
    expect(() => createRegistry(first, { ...second, core: "9.0.0" })).toThrow(
      `The plugin "second" uses @em-stellar/core 9.0.0, and this program uses ${version}: two copies are installed. "npm ls @em-stellar/core" shows which packages installed them.`,
    );
    const { core: _, ...byHand } = second;
    expect(createRegistry(byHand).list("metric")).toHaveLength(2);
  });
});

describe("a registry", () => {
  it("gives the very factory that a plugin provides", () => {
    expect(registry.get("metric", "dice")).toBe(dice);
    expect(registry.lookup("metric", "v-info")).toBe(vInfo);
    expect(registry.get("ensemble", "average")).toBe(average);
  });

  it("lists a kind in the order of the plugins", () => {
    expect(registry.list("metric").map(({ id }) => id)).toEqual(["v-rand", "dice", "v-info"]);
    expect(registry.list("ensemble")).toEqual([average]);
  });

  it("knows which plugin a component comes from", () => {
    expect(registry.origin("metric", "dice")).toEqual({ name: "second", version: "0.1.0" });
    expect(registry.origin("ensemble", "average")).toEqual({ name: "first", version: "1.2.3" });
    expect(registry.origin("ensemble", "dice")).toBeUndefined();
  });

  it("does not change when its lists do", () => {
    expect(() => Object.assign(registry, { lookup: undefined })).toThrow(TypeError);
    (registry.list("metric") as unknown[]).length = 0;
    expect(registry.list("metric")).toHaveLength(3);
  });

  it("lets one id stand for components of different kinds", () => {
    const both = createRegistry(
      definePlugin({ name: "p", version: "1.0.0", components: [metric("average"), average] }),
    );
    expect(both.get("metric", "average").kind).toBe("metric");
    expect(both.get("ensemble", "average").kind).toBe("ensemble");
  });
});

describe("an id that no plugin provides", () => {
  it("is named, with the nearest one and all there are, sorted", () => {
    expect(() => registry.lookup("metric", "v-rnd")).toThrow(
      'No metric named "v-rnd". Did you mean "v-rand"? Available: dice, v-info, v-rand.',
    );
  });

  it("is not guessed at where nothing is near", () => {
    expect(() => registry.lookup("metric", "accuracy")).toThrow(
      'No metric named "accuracy". Available: dice, v-info, v-rand.',
    );
  });

  it("of a kind that no plugin provides says so", () => {
    expect(() => createRegistry().lookup("network" as never, "unet")).toThrow(
      'No network named "unet": no plugin of this registry provides any network.',
    );
  });

  it("is an error that programs can read", () => {
    try {
      registry.lookup("metric", "v-rnd");
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(NoSuchComponentError);
      expect(error).toBeInstanceOf(EmStellarError);
      expect(error).toMatchObject({
        name: "NoSuchComponentError",
        kind: "metric",
        id: "v-rnd",
        available: ["v-rand", "dice", "v-info"],
      });
    }
  });
});

it("two plugins that provide the same component are refused, both named", () => {
  const mine = definePlugin({ name: "my-lab", version: "0.0.1", components: [metric("dice")] });
  expect(() => createRegistry(second, mine)).toThrow(
    new DuplicateComponentError(
      'Both "second" and "my-lab" provide the metric "dice". Leave one plugin out, or rename the component.',
    ),
  );
});
