import { expect, it } from "vitest";
import { distinctNames } from "../src/distinct-names.js";

it.each([
  [
    ["/a/runs/cells", "/a/runs/liver"],
    ["cells", "liver"],
  ],
  [
    ["/data/cells/out", "/data/liver/out"],
    ["cells/out", "liver/out"],
  ],
  [
    ["/data/cells/out", "/data/liver/out", "/data/liver/again"],
    ["cells/out", "liver/out", "again"],
  ],
  [
    ["/x/1/a/out", "/x/2/a/out"],
    ["1/a/out", "2/a/out"],
  ],
])("%s", (folders, names) => {
  expect(distinctNames(folders)).toEqual(names);
});
