import { describe, it } from "vitest";
import { softwareGpu } from "../installation.js";
import { conformanceInProcess } from "./elsewhere.js";
import { webgpuOnSoftware } from "./webgpu-on-software.js";

if (softwareGpu) {
  conformanceInProcess("webgpu", { ...webgpuOnSoftware, env: softwareGpu });
} else {
  const reason = "no software adapter: scripts/install-chromium.sh brings one";
  console.log(`Conformance of webgpu: skipped (${reason})`);
  describe.skip(`webgpu (skipped: ${reason})`, () => it("is not checked", () => {}));
}
