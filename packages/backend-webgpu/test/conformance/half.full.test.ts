import { describe, it } from "vitest";
import { conformanceInProcess } from "../../../../tests/conformance/elsewhere.js";
import { halfGpu, noHalfGpu } from "../../../../tests/installed/installation.js";
import { webgpuOnSoftware } from "./on-software.js";

// Float16 holds the samples of the cases exactly, so that half precision has to be as near as single precision is.
if (halfGpu) {
  const options = { ...webgpuOnSoftware.options, precision: "mixed-float16" };
  conformanceInProcess("webgpu", { ...webgpuOnSoftware, options, env: halfGpu });
} else {
  console.log(`Conformance of webgpu in half precision: skipped (${noHalfGpu})`);
  describe.skip(`webgpu in half precision (${noHalfGpu})`, () => it("is not checked", () => {}));
}
