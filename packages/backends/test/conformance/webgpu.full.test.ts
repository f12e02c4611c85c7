import { describe, it } from "vitest";
import { softwareGpu } from "../installation.js";
import { conformanceElsewhere } from "./elsewhere.js";

const lastOfEqual = "tfjs-backend-webgpu 4.22 gives the gradient to the last of equal values, which is a gradient too";
const noNaN = "tfjs-backend-webgpu 4.22 leaves it to the GPU, which may take NaN for any number";

if (softwareGpu) {
  conformanceElsewhere("webgpu", {
    options: { allowSoftware: true },
    env: softwareGpu,
    leniency: 10, // the standard asks less of logarithms, powers and sums than a processor gives
    skips: {
      "max pooling: of equal values (zeros) the first gets the gradient": lastOfEqual,
      "max pooling: of equal values (negative) the first gets the gradient": lastOfEqual,
      "max pooling: of equal values (positive) the first gets the gradient": lastOfEqual,
      "max pooling: windows that overlap in one of two equal maxima each take their first": lastOfEqual,
      "max pooling: a window with NaN gives NaN": noNaN,
      "activations: sigmoid of NaN is NaN": noNaN,
      "losses: binary cross-entropy of NaN is NaN": noNaN,
      "losses: focal, γ = 0 of NaN is NaN": noNaN,
      "losses: Jaccard-log of NaN is NaN": noNaN,
      "losses: Jaccard-log, δ = 0.1 of NaN is NaN": noNaN,
    },
  });
} else {
  const reason = "no software adapter: scripts/install-chromium.sh brings one";
  console.log(`Conformance of webgpu: skipped (${reason})`);
  describe.skip(`webgpu (skipped: ${reason})`, () => it("is not checked", () => {}));
}
