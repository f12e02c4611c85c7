import "@tensorflow/tfjs-backend-cpu";
import { networkChecks } from "@em-stellar/core/testing";
import { ready, setBackend } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { newNetwork } from "./component.js";

beforeAll(async () => {
  await setBackend("cpu");
  await ready();
});

describe("does what every network must do", () => {
  // Convolutions with bias (1·9·4 + 4, 4·9·4 + 4), scale and shift (2·4 each); then 4 weights and a bias.
  const parameters = { trainable: 40 + 8 + 148 + 8 + 5, nonTrainable: 16 };
  const checks = networkChecks(newNetwork({ baseFilters: 4, depth: 2 }), { parameters });
  for (const { name, run } of checks) it(name, run);
});

it("says which options it takes", () => {
  expect(() => newNetwork({ depth: 0 })).toThrow('network "new-network" needs a whole number above 0 for "depth"');
  expect(() => newNetwork({ baseFilters: 1.5 })).toThrow('for "baseFilters", such as 4 or 16, but was given 1.5.');
});
