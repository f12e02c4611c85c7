import { describe, it } from "vitest";
import { halfGpu, noHalfGpu } from "../installation.js";
import { conformanceInProcess } from "./elsewhere.js";
import { webgpuOnSoftware } from "./webgpu-on-software.js";

// Float16 holds the samples of the cases exactly, so that half precision has to be as near as single precision is.
if (halfGpu) {
  const options = { ...webgpuOnSoftware.options, precision: "mixed-float16" };
  conformanceInProcess("webgpu", { ...webgpuOnSoftware, options, env: halfGpu });
} else {
  console.log(`Conformance of webgpu in half precision: skipped (${noHalfGpu})`);
  describe.skip(`webgpu in half precision (${noHalfGpu})`, () => it("is not checked", () => {}));
}
