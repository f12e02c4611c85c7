import { componentChecks } from "@em-stellar/core/testing/components";
import { phantom } from "@em-stellar/data";
import { beforeAll, describe, expect, it } from "vitest";
import { builtins } from "../packages/em-stellar/src/registry.js";

beforeAll(async () => {
  await builtins.get("backend", "wasm")().start();
});

const components = [
  ...builtins.list("metric").map((factory) => factory()),
  ...builtins.list("loss").map((factory) => factory()),
  ...builtins.list("optimizer").map((factory) => factory()),
  phantom({ size: 64, trainImages: 2, testImages: 2, groups: 2 }),
];

// A plugin's author runs the same on theirs: docs/plugins.md.
describe.each(components.map((component) => ({ name: `${component.kind} ${component.id}`, component })))(
  "$name does what its kind must do:",
  ({ component }) => {
    for (const { name, run } of componentChecks(component)) it(name, run);
  },
);

it("networks are told where their checks are", () => {
  expect(() => componentChecks(builtins.get("network", "unet")() as never)).toThrow(
    'was given the network "unet". Networks have networkChecks of @em-stellar/core/testing.',
  );
});
