import { conformance } from "../../../../tests/conformance/conformance.js";
import { wasm } from "../../src/index.js";

conformance(() => wasm({ simd: "none" }).start(), {
  "max pooling: a window with NaN gives NaN":
    "as tfjs-backend-wasm 4.22 has it: XNNPACK takes the largest of the other values",
});
