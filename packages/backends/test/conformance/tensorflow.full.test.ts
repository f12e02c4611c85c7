import { describe, it } from "vitest";
import { hasTfjsNode, noTfjsNode } from "../installation.js";
import { conformanceInProcess } from "./elsewhere.js";

if (hasTfjsNode) conformanceInProcess("tensorflow", {});
else {
  console.log(`Conformance of tensorflow: skipped (${noTfjsNode})`);
  describe.skip(`tensorflow (skipped: ${noTfjsNode})`, () => it("is not checked", () => {}));
}
