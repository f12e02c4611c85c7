import { expect, it } from "vitest";
import { methodsOf } from "../src/method.js";
import { defineSuite } from "../src/suite.js";
import { agreement, discData, squaredError, stockAdam, tinyNet } from "./tiny.js";

const suiteWith = (change: object) =>
  defineSuite({
    name: "s",
    data: discData(),
    networks: [tinyNet()],
    loss: squaredError(),
    optimizer: stockAdam(),
    metrics: [agreement()],
    training: { patch: 16 },
    ...change,
  });
const namesOf = (change: object) => methodsOf(suiteWith(change)).map(({ name }) => name);

it("names a method by its network, and by loss and optimizer only where the suite compares them", () => {
  expect(namesOf({})).toEqual(["tiny-net"]);
  expect(namesOf({ loss: [squaredError(), squaredError({ factor: 0.5 })] })).toEqual([
    "tiny-net+squared-error-factor-1",
    "tiny-net+squared-error-factor-0.5",
  ]);
});

it("tells two settings of one network apart by the options that differ", () => {
  expect(namesOf({ networks: [tinyNet({ filters: 2 }), tinyNet({ filters: 4 })] })).toEqual([
    "tiny-net-filters-2",
    "tiny-net-filters-4",
  ]);
  expect(namesOf({ networks: [tinyNet(), tinyNet()] })).toEqual(["tiny-net-1", "tiny-net-2"]);
});
