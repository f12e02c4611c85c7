import { describe, it } from "vitest";
import { conformanceInProcess } from "../../../../tests/conformance/elsewhere.js";
import { softwareGpu } from "../../../../tests/installed/installation.js";
import { webgpuOnSoftware } from "./on-software.js";

if (softwareGpu) {
  conformanceInProcess("webgpu", { ...webgpuOnSoftware, env: softwareGpu });
} else {
  const reason = "no software adapter: scripts/install-chromium.sh brings one";
  console.log(`Conformance of webgpu: skipped (${reason})`);
  describe.skip(`webgpu (skipped: ${reason})`, () => it("is not checked", () => {}));
}
