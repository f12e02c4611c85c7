import { conformance } from "../../../../tests/conformance/conformance.js";
import { wasm } from "../../src/index.js";

conformance(() => wasm({ simd: "relaxed" }).start());
