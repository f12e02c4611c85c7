import { cpu } from "@em-stellar/backend-cpu";
import { kernelCoverage } from "./kernel-coverage.js";

kernelCoverage(() => cpu().start());
