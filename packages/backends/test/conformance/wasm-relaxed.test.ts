import { wasm } from "../../src/index.js";
import { conformance } from "./conformance.js";

conformance(() => wasm({ simd: "relaxed" }).start());
