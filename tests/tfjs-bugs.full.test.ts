import { describe, it } from "vitest";
import { softwareGpu } from "../packages/backends/test/installation.js";
import { bugsAreThere } from "./tfjs-bugs.js";

if (softwareGpu) bugsAreThere("webgpu", softwareGpu);
else {
  const reason = "no software adapter: scripts/install-chromium.sh brings one";
  console.log(`Bugs of tfjs-backend-webgpu: skipped (${reason})`);
  describe.skip(`on webgpu (skipped: ${reason})`, () => it("is not checked", () => {}));
}
