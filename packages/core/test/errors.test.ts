import { didYouMean } from "@em-stellar/core";
import { expect, it } from "vitest";

it.each([
  ["unett", ["prelu-net", "unet", "unet-bn"], "unet"],
  ["dept", ["baseFilters", "depth"], "depth"],
  ["UNET-BN", ["sgd", "unet", "unet-bn"], "unet-bn"], // capitals are no slip
  ["jacard-lgo", ["binary-cross-entropy", "jaccard-log"], "jaccard-log"],
  ["ppw", ["npv", "ppv"], "ppv"],
])("%s is a slip of the hand", (given, available, meant) => {
  expect(didYouMean(given, available)).toBe(` Did you mean "${meant}"?`);
});

it.each([
  ["vgg", ["unet", "unet-bn"]],
  ["ap", ["f1", "ppv"]], // two slips leave nothing of a name of two letters
  ["anything", []],
])("%s is like none of them", (given, available: string[]) => {
  expect(didYouMean(given, available)).toBe("");
});
