import { type AnyFactory, EmStellarError } from "@em-stellar/core";
import { builtins } from "em-stellar";
import { describe, expect, it } from "vitest";

const kinds = [
  "data",
  "network",
  "loss",
  "optimizer",
  "metric",
  "ensemble",
  "baseline",
  "executor",
  "backend",
] as const;
const values = [
  -1e300,
  -1e9,
  -1,
  0,
  0.5,
  1e6,
  1e9,
  Number.MAX_SAFE_INTEGER,
  1e300,
  Number.NaN,
  true,
  "x",
  {},
  [],
  ["x"],
];

describe.each(kinds)("every option of each %s", (kind) => {
  const factories: readonly AnyFactory[] = builtins.list(kind);
  it.each(factories.flatMap((factory) => Object.keys(factory.defaults).map((name) => [factory, name] as const)))(
    "$0.id: $1 takes a value, or names itself when it refuses it",
    (factory, name) => {
      for (const value of values) {
        try {
          factory({ [name]: value });
        } catch (error) {
          expect(error, `${name}: ${JSON.stringify(value)}`).toBeInstanceOf(EmStellarError);
          expect(String(error)).toContain(name);
        }
      }
    },
  );

  it("takes no number that is not finite, or larger than 32-bit floats are", () => {
    for (const factory of factories) {
      for (const [name, standard] of Object.entries(factory.defaults)) {
        if (typeof standard !== "number") continue;
        for (const value of [1e300, -1e300, Number.POSITIVE_INFINITY, Number.NaN]) {
          expect(() => factory({ [name]: value }), `${factory.id}.${name}: ${value}`).toThrow(name);
        }
      }
    }
  });
});
