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
  // Weights and biases of the convolutions, beside each scale and shift for its channels; then 4 weights and a bias.
  const trainable = 9 * 1 * 4 + 4 + 2 * 4 + (9 * 4 * 8 + 8 + 2 * 8) + (9 * (4 + 8) * 4 + 4 + 2 * 4) + 4 + 1;
  const parameters = { trainable, nonTrainable: 2 * (4 + 8 + 4) };
  const checks = networkChecks(newNetwork({ baseFilters: 4 }), { parameters });
  for (const { name, run } of checks) it(name, run);
});

it("says which options it takes", () => {
  expect(() => newNetwork({ baseFilters: 1.5 })).toThrow(
    'network "new-network" needs a whole number above 0 for "baseFilters", such as 4 or 16, but was given 1.5.',
  );
});
