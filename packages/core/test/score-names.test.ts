import { scoreNames } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

describe("scoreNames", () => {
  it("are the ids where each is there once, whatever the options", () => {
    expect(
      scoreNames([
        { id: "f1", options: { positive: "background" } },
        { id: "jaccard", options: { positive: "object" } },
      ]),
    ).toEqual(["f1", "jaccard"]);
  });

  it("add to a later metric of the same id what sets it apart from the first", () => {
    expect(
      scoreNames([
        { id: "f1", options: { positive: "object" } },
        { id: "boundary-f1", options: { tolerance: 2, edge: null } },
        { id: "f1", options: { positive: "background" } },
        { id: "boundary-f1", options: { tolerance: 5, edge: null } },
        { id: "boundary-f1", options: { tolerance: 5, edge: [1, 2] } },
      ]),
    ).toEqual(["f1", "boundary-f1", "f1:background", "boundary-f1:5", "boundary-f1:5,[1,2]"]);
  });

  it("of equal metrics are equal, so that whoever lists one twice can be told", () => {
    expect(scoreNames([1, 2].map(() => ({ id: "f1", options: { positive: "object" } })))).toEqual(["f1", "f1"]);
  });
});
