import { describe, it } from "vitest";
import { hasTfjsNode, noTfjsNode, softwareGpu } from "./installed/installation.js";
import { bugsAreThere } from "./tfjs-bugs.js";

if (softwareGpu) describe("on webgpu", () => bugsAreThere("webgpu", softwareGpu));
else skip("webgpu", "no software adapter: scripts/install-chromium.sh brings one");

if (hasTfjsNode) describe("on tensorflow", () => bugsAreThere("tensorflow"));
else skip("tensorflow", noTfjsNode);

function skip(backend: string, reason: string): void {
  console.log(`Bugs of tfjs on ${backend}: skipped (${reason})`);
  describe.skip(`on ${backend} (skipped: ${reason})`, () => it("is not checked", () => {}));
}
