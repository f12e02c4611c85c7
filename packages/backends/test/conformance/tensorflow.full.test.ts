import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
import { conformanceElsewhere } from "./elsewhere.js";

if (existsSync(fileURLToPath(new URL("../../../../node_modules/@tensorflow/tfjs-node", import.meta.url)))) {
  conformanceElsewhere("tensorflow", {});
} else {
  const reason = "the package @tensorflow/tfjs-node is not installed in this repository";
  console.log(`Conformance of tensorflow: skipped (${reason})`);
  describe.skip(`tensorflow (skipped: ${reason})`, () => it("is not checked", () => {}));
}
