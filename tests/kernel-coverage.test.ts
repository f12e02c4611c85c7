import { wasm } from "@em-stellar/backends";
import { kernelCoverage } from "./kernel-coverage.js";

kernelCoverage(() => wasm().start());
