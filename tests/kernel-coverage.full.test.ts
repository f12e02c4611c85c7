import { cpu } from "@em-stellar/backends";
import { kernelCoverage } from "./kernel-coverage.js";

kernelCoverage(() => cpu().start());
