import { describe, it } from "vitest";
import { conformanceInProcess } from "../../../tests/conformance/elsewhere.js";
import { hasTfjsNode, noTfjsNode } from "../../../tests/installed/installation.js";

if (hasTfjsNode) conformanceInProcess("tensorflow", {});
else {
  console.log(`Conformance of tensorflow: skipped (${noTfjsNode})`);
  describe.skip(`tensorflow (skipped: ${noTfjsNode})`, () => it("is not checked", () => {}));
}
