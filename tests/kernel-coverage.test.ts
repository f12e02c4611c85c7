import { wasm } from "@em-stellar/backend-wasm";
import { kernelCoverage } from "./kernel-coverage.js";

kernelCoverage(() => wasm().start());
