import { describe, it } from "vitest";
import { webgpuOnSoftware } from "../../packages/backend-webgpu/test/conformance/on-software.js";
import { hasChromium } from "../browser/chromium.js";
import { conformanceInChromium } from "./elsewhere.js";

if (hasChromium) {
  describe("webgpu in Chromium", () => conformanceInChromium("webgpu", webgpuOnSoftware));
  describe("wasm with two threads in Chromium", () => {
    conformanceInChromium("wasm", { options: { wasmPaths: "/", threads: 2 } });
  });
} else {
  const reason = "no Chromium: scripts/install-chromium.sh brings one";
  console.log(`Conformance in Chromium: skipped (${reason})`);
  describe.skip(`in Chromium (skipped: ${reason})`, () => it("is not checked", () => {}));
}
